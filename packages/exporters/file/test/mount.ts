import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onTestFinished, type TestContext } from 'vitest'

const run = promisify(execFile)

/** Mounts something over a path until the test is over; skips the test where the system refuses to. */
export async function mountOver(context: TestContext, path: string, how: readonly string[]): Promise<void> {
  try {
    await run('mount', [...how, path])
  } catch (error) {
    context.skip(`mounting is refused: ${String((error as { stderr?: unknown }).stderr ?? error).trim()}`)
  }
  onTestFinished(async () => {
    await run('umount', ['--lazy', path])
  })
}
