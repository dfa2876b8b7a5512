// `npm test`: installs and runs every check. With arguments, only the tests whose path matches one of them.

import { main } from './bootstrap.mjs'

await main(['scripts/tasks/test.mjs', ...process.argv.slice(2)])
