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

/** What to do where there is no promtool: where every test must run, its absence is a failure. */
export function missing(context: Pick<TestContext, 'skip'>, environment: { readonly CI?: string | undefined }): never {
  const what = 'promtool is not installed; `node scripts/promtool.mjs` fetches it'
  if (environment.CI) throw new Error(what)
  return context.skip(what)
}

/** Asks promtool; skips the test where there is none. */
export function promtool(context: TestContext, args: readonly string[], input = ''): Judgement {
  const command = existsSync(own) ? own : 'promtool'
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8' })
  if (error) missing(context, process.env)
  return { ok: status === 0, output: `${stdout}${stderr}` }
}
