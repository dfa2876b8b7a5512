import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeLock } from './lock.mjs'

let folder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a second owner waits for the first, and says so once', async () => {
  const file = join(folder, 'lock')
  const said = []
  const release = await takeLock(file, (line) => said.push(line))
  let taken = false
  const second = takeLock(file, (line) => {
    said.push(line)
    release()
  }).then((releaseSecond) => {
    taken = true
    releaseSecond()
  })
  expect(taken).toBe(false)
  await second
  expect(said).toEqual([`waiting for process ${process.pid}, which is installing`])
  expect(existsSync(file)).toBe(false)
})

test('the lock of a process that is gone is taken over', async () => {
  const file = join(folder, 'lock')
  const gone = spawn(process.execPath, ['-e', ''])
  await once(gone, 'exit')
  writeFileSync(file, String(gone.pid))
  const release = await takeLock(file, () => {})
  expect(readFileSync(file, 'utf8')).toBe(String(process.pid))
  release()
})
