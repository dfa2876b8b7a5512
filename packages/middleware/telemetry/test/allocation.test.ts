import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)

test('N1: an emission that nobody hears allocates nothing; one that is heard does', async () => {
  const fixture = fileURLToPath(new URL('fixtures/allocation.ts', import.meta.url))
  const flags = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256', '--conditions=@cepa/source']
  const { stdout } = await run(process.execPath, [...flags, fixture])
  const { unheard, asked, heard } = JSON.parse(stdout) as Record<'unheard' | 'asked' | 'heard', number>
  // the least object has 16 bytes; what is below is the compiler's
  expect(unheard).toBeLessThan(4)
  expect(asked).toBeLessThan(4)
  expect(heard).toBeGreaterThan(20)
})
