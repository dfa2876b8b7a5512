import { appendFile, open, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyFolder, idsIn } from '../test/folder.ts'
import { callItem, send } from '../test/items.ts'
import { fileExporter } from './index.ts'

const whole = '{"schema":"cepa.call/1","id":"whole"}'
const torn = '{"schema":"cepa.call/1","id":"torn","attributes":{"na'

/** What is in a file after one record has been written behind what stood there, last changed so long ago. */
async function after(text: string | Buffer, ageSeconds: number): Promise<string[]> {
  const path = join(await emptyFolder(), 'calls.jsonl')
  await writeFile(path, text)
  const then = Date.now() / 1000 - ageSeconds
  await utimes(path, then, then)
  const exporter = fileExporter({ path })
  expect(await send(exporter, [callItem('new')])).toEqual({ ok: true })
  await exporter.close?.()
  const lines = (await readFile(path, 'utf8')).split('\n')
  expect(lines.pop()).toBe('')
  expect(JSON.parse(lines.pop() as string)).toMatchObject({ id: 'new' })
  return lines
}

describe('behind what a killed process left', () => {
  test.each<[string, string, string[]]>([
    ['a torn line is removed', `${whole}\n${torn}`, [whole]],
    ['a torn line that is all there is, too', torn, []],
    ['a torn line of a megabyte, too', `${whole}\n${torn}${'x'.repeat(1_000_000)}`, [whole]],
    ['a line that lacks its newline only is kept', `${whole}\n${whole}`, [whole, whole]],
    ['whole lines stay', `${whole}\n${whole}\n`, [whole, whole]],
    ['nothing is added to an empty file', '', []],
    ['what is no record of ours stays, on a line of its own', `${whole}\nhello`, [whole, 'hello']],
    ['a torn character is removed with its line', `${whole}\n${torn}\udc00`, [whole]],
  ])('%s', async (_, text, expected) => {
    expect(await after(text, 60)).toEqual(expected)
  })

  test('a torn line is removed also where the process was killed just now', async () => {
    expect(await after(`${whole}\n${torn}`, 0)).toEqual([whole])
  })
})

test('a line that somebody is in the middle of is left alone', async () => {
  const folder = await emptyFolder()
  const path = join(folder, 'calls.jsonl')
  await writeFile(path, `${whole}\n${torn}`)
  const exporter = fileExporter({ path })
  const sent = send(exporter, [callItem('new')])
  // the exporter waits whether the file still changes
  const other = await open(path, 'a')
  await other.write('me":"x"}}\n{"id":"theirs"}\n')
  await other.close()
  expect(await sent).toEqual({ ok: true })
  await exporter.close?.()
  expect(await idsIn(folder)).toEqual(['whole', 'torn', 'theirs', 'new'])
})

test('a line that somebody goes on with is not cut either', async () => {
  const path = join(await emptyFolder(), 'calls.jsonl')
  await writeFile(path, `${whole}\n${torn}`)
  const exporter = fileExporter({ path })
  let sending = true
  const sent = send(exporter, [callItem('new')]).finally(() => {
    sending = false
  })
  let added = 0
  for (; sending; added++) await appendFile(path, 'x')
  expect(await sent).toEqual({ ok: true })
  await exporter.close?.()
  const text = await readFile(path, 'utf8')
  expect(text.startsWith(`${whole}\n${torn}x`)).toBe(true)
  expect(text.match(/x/g)?.length).toBe(added)
  expect(text.split('\n').filter((line) => line.startsWith('{"schema":"cepa.call/1","id":"new"'))).toHaveLength(1)
})
