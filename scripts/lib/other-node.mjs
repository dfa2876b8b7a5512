// Another version of Node, fetched once with npm into .tools, to try packages under the oldest one that they promise.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from './process.mjs'

/** Path of Node in this version. Rejects, saying why, if npm cannot fetch it for this platform. */
export async function fetchNode(root, version) {
  const name = platformPackage()
  const folder = join(root, '.tools', `node-${version}`)
  const binary = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true })
    const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error', '--ignore-scripts']
    const args = ['install', '--prefix', folder, '--no-save', ...quiet, `${name}@${version}`]
    const { code, output } = await capture('npm', args, { cwd: folder, timeoutMs: 300_000 })
    if (code !== 0) throw new Error(`npm could not fetch ${name}@${version}: ${output.trim().split('\n').at(-1)}`)
  }
  const { output } = await capture(binary, ['--version'])
  if (output.trim() !== `v${version}`) throw new Error(`${name}@${version} does not run here: ${output.trim()}`)
  return binary
}

/** The npm package that holds Node's binary for this platform. */
function platformPackage() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  return `${prefix}-${platform}-${process.arch}`
}
