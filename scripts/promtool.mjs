// Fetches promtool, with which tests check what Prometheus is shown, from Debian's packages into .tools: the program alone, not the
// server that it belongs to. Where that cannot be done (no Debian, no network) those tests are skipped, and say so;
// with CI in the environment they fail.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** Longest time of one step, so that a network that does not answer holds nothing up. */
const longestMs = 20_000
const target = join(root, '.tools', 'bin', 'promtool')

/** Runs a command and returns whether it worked; what it printed is shown only if `loud`. */
function works(command, args, { cwd, loud = false } = {}) {
  const output = loud ? 2 : 'ignore'
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', output, output], timeout: longestMs })
  return status === 0
}

const download = (folder, loud) => works('apt-get', ['download', 'prometheus'], { cwd: folder, loud })

/** Unpacks promtool into a folder and returns where it is; `undefined` where it cannot be had. */
function fetchInto(folder) {
  if (!download(folder, false)) {
    works('apt-get', ['update'])
    if (!download(folder, true)) return undefined
  }
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb'))
  if (archive === undefined || !works('dpkg', ['-x', archive, 'unpacked'], { cwd: folder, loud: true }))
    return undefined
  return join(folder, 'unpacked', 'usr', 'bin', 'promtool')
}

function main() {
  if (existsSync(target) || works('promtool', ['--version'])) return 0
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'))
  try {
    const found = fetchInto(folder)
    if (found === undefined || !existsSync(found)) {
      const fate = process.env.CI ? 'fail' : 'be skipped'
      console.error(`promtool could not be fetched; the tests that need it will ${fate}`)
      return 1
    }
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(found, target)
    console.error('setup: fetched promtool into .tools')
    return 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = main()
