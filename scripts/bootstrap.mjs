// Makes a fresh clone ready: the pinned pnpm, the dependencies of the lockfile, the pinned Node.
// Plain Node 20 or newer without a dependency, because this runs before anything is installed.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takeLock } from './lib/lock.mjs'
import { diskTree } from './lib/tree.mjs'
import { listPackages } from './lib/workspace.mjs'

/** Folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The pinned Node, which runs everything after the bootstrap. */
export const pinnedNode = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')

const oldestNode = 20
const tools = join(root, '.tools')
const stampFile = join(root, 'node_modules', '.install-stamp')

/** A step that could not be done, with what the reader can do about it. */
export class BootstrapError extends Error {
  name = 'BootstrapError'
}

/** Installs what is missing and returns once the pinned Node is there. Says each step on stderr, nothing if all is in place. */
export async function bootstrap() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < oldestNode) {
    throw new BootstrapError(
      `Node ${process.versions.node} is too old to start with. Install Node ${oldestNode} or newer.`,
    )
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pins = { pnpm: pinnedPnpm(manifest), node: manifest.devDependencies.node }
  if (isInstalled(pins)) return
  mkdirSync(tools, { recursive: true })
  const release = await takeLock(join(tools, 'install.lock'), say)
  try {
    if (isInstalled(pins)) return
    fetchPnpm(pins.pnpm)
    installDependencies(pins)
  } finally {
    release()
  }
}

/** Runs the pinned Node with these arguments on this terminal and resolves with its exit code. */
export function runPinnedNode(args) {
  const env = { ...process.env, PATH: `${dirname(pinnedNode)}${delimiter}${process.env.PATH ?? ''}` }
  const child = spawn(pinnedNode, args, { cwd: root, env, stdio: 'inherit' })
  // A terminal sends its signals to the child as well; a supervisor sends them to this process alone.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => {})
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)))
  })
}

/** Bootstraps, runs each command under the pinned Node until one fails, and ends this process with its exit code. */
export async function main(...commands) {
  try {
    await bootstrap()
    for (const command of commands) {
      process.exitCode = await runPinnedNode(command)
      if (process.exitCode !== 0) return
    }
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error
    console.error(`\n${error.message}`)
    process.exitCode = 1
  }
}

function say(line) {
  console.error(`setup: ${line}`)
}

function pinnedPnpm(manifest) {
  const match = /^pnpm@(\d+\.\d+\.\d+)/.exec(manifest.packageManager ?? '')
  if (!match) throw new BootstrapError('package.json has no "packageManager": "pnpm@x.y.z". Restore that field.')
  return match[1]
}

function isInstalled(pins) {
  return existsSync(pinnedNode) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stampOf(pins)
}

/** Changes with everything that decides what stands in node_modules. */
function stampOf(pins) {
  const tree = diskTree(root)
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']
  const manifests = listPackages(tree).map((pkg) => `${pkg.folder}/package.json`)
  const hash = createHash('sha256').update(JSON.stringify({ ...pins, platform: process.platform, arch: process.arch }))
  for (const file of [...files, ...manifests]) hash.update(`\n${file}\n`).update(tree.read(file) ?? '')
  return hash.digest('hex')
}

function fetchPnpm(version) {
  const installed = join(tools, 'node_modules', 'pnpm', 'package.json')
  if (existsSync(installed) && JSON.parse(readFileSync(installed, 'utf8')).version === version) return
  say(`fetching pnpm ${version} into .tools`)
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--no-update-notifier', '--loglevel=error']
  // Its install script only saves start-up time; without it the result is the same where npm blocks scripts and where not.
  const args = ['install', '--prefix', tools, '--save-exact', '--ignore-scripts', ...quiet, `pnpm@${version}`]
  const remedy =
    'The npm registry must be reachable (see `npm config get registry` and your proxy settings). Then run the same command again.'
  run('npm', args, `pnpm ${version} could not be fetched. ${remedy}`)
}

function installDependencies(pins) {
  say(`installing dependencies and Node ${pins.node} from the lockfile`)
  const pnpm = join(tools, 'node_modules', '.bin', 'pnpm')
  const remedy =
    'If the lockfile is out of date, run `.tools/node_modules/.bin/pnpm install` and commit pnpm-lock.yaml; ' +
    'otherwise check that the npm registry is reachable and run the same command again.'
  rmSync(stampFile, { force: true })
  run(
    pnpm,
    ['install', '--frozen-lockfile', '--reporter=append-only'],
    `The dependencies could not be installed. ${remedy}`,
  )
  checkPinnedNode(pins.node)
  writeFileSync(stampFile, stampOf(pins))
}

function checkPinnedNode(version) {
  const found = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' })
  const seen = found.stdout?.trim() || found.error?.message || `exit code ${found.status}`
  if (seen === `v${version}`) return
  throw new BootstrapError(
    `node_modules/.bin/node should be Node ${version}, but: ${seen}.\n` +
      'Its install step fetches the binary for this platform with npm. Remove node_modules and run the same command again.',
  )
}

/** Runs a command silently; its output is shown only if it fails. */
function run(command, args, problem) {
  const env = { ...process.env, CI: 'true' }
  const windows = process.platform === 'win32'
  const result = spawnSync(command, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows,
    maxBuffer: 64 * 1024 * 1024,
  })
  if (result.status === 0) return
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`.trimEnd()
  throw new BootstrapError(`${output}\n\n${problem}`)
}
