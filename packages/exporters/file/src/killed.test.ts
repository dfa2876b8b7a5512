import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { emptyFolder, idsIn } from '../test/folder.ts'
import { callItem, send } from '../test/items.ts'
import { fileExporter } from './index.ts'

const program = fileURLToPath(new URL('../test/writer.ts', import.meta.url))
const ROUNDS = 4
const BATCHES = 25

/** Lets a process write some batches and kills it in the middle of another; the batches that it was told are written. */
async function writeAndDie(path: string, round: number): Promise<string[]> {
  const args = ['--conditions=@cepa/source', '--disable-warning=ExperimentalWarning', program, path, String(round)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const told: string[] = []
  for await (const line of createInterface(child.stdout)) {
    told.push(line)
    if (told.length === BATCHES) child.kill('SIGKILL')
  }
  expect((await exited)[1]).toBe('SIGKILL')
  return told
}

test('a process that is killed while it writes leaves no torn record, and none is missing that was told as written', async () => {
  const folder = await emptyFolder()
  const path = join(folder, 'calls.jsonl')
  const told: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    told.push(...(await writeAndDie(path, round)))
    // whatever the last line is, those before it are whole; killed between two files there is none
    const text = await readFile(path, 'utf8').catch(() => '')
    for (const line of text.split('\n').slice(0, -1)) JSON.parse(line)
  }
  const exporter = fileExporter({ path, keepFiles: 10_000 })
  await send(exporter, [callItem('after')])
  await exporter.close?.()
  const ids = await idsIn(folder)
  expect(new Set(ids).size).toBe(ids.length)
  const known = new Set(ids)
  const missing = told
    .flatMap((batch) => Array.from({ length: 40 }, (_, index) => batch + index))
    .filter((id) => !known.has(id))
  expect(missing).toEqual([])
  expect(told.length).toBeGreaterThanOrEqual(ROUNDS * BATCHES)
  expect(ids.at(-1)).toBe('after')
})
