import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TestContext } from 'vitest'

/** The folder of the repository. */
export const root: string = fileURLToPath(new URL('../../../../', import.meta.url))

const own = `${root}.tools/bin/promtool`

/** What promtool said, and whether it was content. */
export interface Judgement {
  readonly ok: boolean
  readonly output: string
}

/** Asks promtool; skips the test where there is none. */
export function promtool(context: TestContext, args: readonly string[], input = ''): Judgement {
  const command = existsSync(own) ? own : 'promtool'
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8' })
  if (error) context.skip('promtool is not installed; `node scripts/promtool.mjs` fetches it')
  return { ok: status === 0, output: `${stdout}${stderr}` }
}
