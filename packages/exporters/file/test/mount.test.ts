import { expect, test } from 'vitest'
import { maySkip } from './mount.ts'

const failure = (stderr: string) => Object.assign(new Error('mount failed'), { stderr })

test.each([
  'mount: folder: permission denied.',
  'mount: folder: must be superuser to use mount.',
  'mount: only root can use "--types" option',
])('a test is skipped where mounting is refused: %s', (stderr) => {
  expect(maySkip(failure(stderr), {})).toBe(true)
})

test.each(['mount: folder: mount point does not exist.', 'mount: folder: unknown filesystem type', ''])(
  'and fails where it fails for another reason: "%s"',
  (stderr) => {
    expect(maySkip(failure(stderr), {})).toBe(false)
  },
)

test('a machine without the program is no reason', () => {
  expect(maySkip(Object.assign(new Error('spawn mount ENOENT'), { code: 'ENOENT' }), {})).toBe(false)
})

test('nothing is skipped where every test must run', () => {
  expect(maySkip(failure('mount: folder: permission denied.'), { CI: 'true' })).toBe(false)
})
