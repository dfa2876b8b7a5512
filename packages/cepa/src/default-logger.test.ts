import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('../test/fixtures/default-logger.ts', import.meta.url))

test('without a logger, pino writes the line on Node: JSON on standard output', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=@cepa/source', script])
  expect(stderr).toBe('')
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(1)
  const line = JSON.parse(lines[0] as string)
  expect(line).toMatchObject({
    level: 30,
    time: expect.any(Number),
    pid: expect.any(Number),
    hostname: expect.any(String),
    requestId: expect.stringMatching(/^[\w-]{21}$/),
    ending: 'done',
    prompt_tokens: 1,
    completion_tokens: 1,
    msg: expect.stringMatching(/^fake\/m done in /),
  })
})
