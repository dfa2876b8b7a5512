// `npm start`: installs, builds, and runs real calls through the onion. Arguments go to the demonstration.

import { main } from './bootstrap.mjs'

await main(
  ['scripts/tasks/build.mjs'],
  ['--enable-source-maps', 'packages/examples/src/start.ts', ...process.argv.slice(2)],
)
