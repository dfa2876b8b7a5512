import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { root } from '../bootstrap.mjs'

const binaries = join(root, 'node_modules', '.bin')

/**
 * Runs a command without stdin and resolves with its exit code and everything it printed. `streamed` shows it while it runs.
 * @returns {Promise<{ code: number, output: string }>}
 */
export function capture(command, args, { cwd, env, streamed = false, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    const chunks = []
    const take = (target) => (chunk) => {
      chunks.push(chunk)
      if (streamed) target.write(chunk)
    }
    child.stdout.on('data', take(process.stdout))
    child.stderr.on('data', take(process.stderr))
    child.on('error', (error) => resolve({ code: 1, output: `${command}: ${error.message}` }))
    child.on('close', (code, signal) => {
      const output = Buffer.concat(chunks).toString()
      resolve({ code: code ?? 1, output: signal ? `${output}\n(ended by ${signal})` : output })
    })
  })
}

/** Runs a tool of this workspace, such as `tsc`, under the pinned Node; as `capture` does. */
export function captureTool(name, args, options = {}) {
  const env = { ...options.env, PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}` }
  return capture(join(binaries, name), args, { ...options, env })
}

/** Runs `work` over `items`, at most `limit` at a time; the results keep the order of the items. */
export async function inParallel(items, limit, work) {
  const results = new Array(items.length)
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index])
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
  return results
}
