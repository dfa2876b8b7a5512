import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onTestFinished, type TestContext } from 'vitest'

const run = promisify(execFile)

/** How `mount` says that this process may not. */
const REFUSED = /permission denied|operation not permitted|must be superuser|only root/i

/** Whether a failure to mount is one that a test may be skipped for: where tests must all run, none is. */
export const maySkip = (error: unknown, environment: { readonly CI?: string | undefined }): boolean =>
  !environment.CI && REFUSED.test(String((error as { stderr?: unknown }).stderr ?? ''))

/** Mounts something over a path until the test is over; skips the test where this process may not mount anything. */
export async function mountOver(context: TestContext, path: string, how: readonly string[]): Promise<void> {
  try {
    await run('mount', [...how, path], { env: { ...process.env, LC_ALL: 'C' } })
  } catch (error) {
    if (!maySkip(error, process.env)) throw error
    context.skip(`mounting is refused: ${String((error as { stderr?: unknown }).stderr).trim()}`)
  }
  onTestFinished(async () => {
    await run('umount', ['--lazy', path])
  })
}
