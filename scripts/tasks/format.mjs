import { root } from '../bootstrap.mjs'
import { captureTool } from '../lib/process.mjs'

const paths = process.argv.slice(2)
const { code } = await captureTool('biome', ['check', '--write', ...(paths.length > 0 ? paths : ['.'])], {
  cwd: root,
  streamed: true,
})
process.exitCode = code
