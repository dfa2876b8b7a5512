import { root } from '../bootstrap.mjs'
import { build } from '../lib/build.mjs'
import { diskTree } from '../lib/tree.mjs'

const { failed, note, output } = await build(diskTree(root))
if (failed > 0) console.error(output)
else console.error(`build: ${note} up to date`)
process.exitCode = failed > 0 ? 1 : 0
