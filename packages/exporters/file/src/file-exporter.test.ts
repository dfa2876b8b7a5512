import { appendFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { GROUP_SCHEMA, type LossRecord, type RecordedNote } from '@cepa/core'
import { describe, expect, test } from 'vitest'
import { emptyFolder, idsIn, linesOf, namesIn, textOf } from '../test/folder.ts'
import { callItem, callItems, send } from '../test/items.ts'
import { fileExporter } from './index.ts'

describe('lines', () => {
  test('are the records themselves, in order, in a folder that is made', async () => {
    const path = join(await emptyFolder(), 'of', 'today', 'calls.jsonl')
    const exporter = fileExporter({ path })
    const call = callItem('one', { attributes: { tenant: 'acme\n"ä"\u2028' } })
    const group = { type: 'group', group: { schema: GROUP_SCHEMA, id: 'g' } } as never
    const loss: LossRecord = { schema: 'cepa.loss/1', sinceMs: 1, atMs: 2, lost: { full: 3 } }
    expect(await send(exporter, [call, group])).toEqual({ ok: true })
    expect(await send(exporter, [{ type: 'loss', loss }])).toEqual({ ok: true })
    expect(linesOf(await textOf(path))).toEqual([
      (call as { record: unknown }).record,
      { schema: GROUP_SCHEMA, id: 'g' },
      loss,
    ])
    await exporter.close?.()
  })

  test('are of notes only where they are asked for', async () => {
    const path = join(await emptyFolder(), 'calls.jsonl')
    expect(fileExporter({ path }).wants).toEqual(['call', 'group', 'loss'])
    const exporter = fileExporter({ path, notes: true })
    expect(exporter.wants).toContain('note')
    const note = { schema: 'cepa.note/1', name: 'retry', callId: 'c', value: { attempt: 1 } } as unknown as RecordedNote
    await send(exporter, [{ type: 'note', note }])
    expect(linesOf(await textOf(path))).toEqual([note])
  })

  test('are added to those that are there', async () => {
    const folder = await emptyFolder()
    for (const id of ['a', 'b', 'c']) {
      const exporter = fileExporter({ path: join(folder, 'calls.jsonl') })
      await send(exporter, [callItem(id)])
      await exporter.close?.()
    }
    expect(await idsIn(folder)).toEqual(['a', 'b', 'c'])
  })

  test('keep their order where batches come at once, and none is in the middle of another', async () => {
    const folder = await emptyFolder()
    const exporter = fileExporter({ path: join(folder, 'calls.jsonl') })
    const batches = Array.from({ length: 20 }, (_, index) => callItems(10, `${index}-`))
    const results = await Promise.all(batches.map((batch) => send(exporter, batch)))
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect(await idsIn(folder)).toEqual(batches.flat().map((item) => (item as { record: { id: string } }).record.id))
  })

  test('are whole for whoever reads along', async () => {
    const path = join(await emptyFolder(), 'calls.jsonl')
    const exporter = fileExporter({ path })
    await send(exporter, [callItem('first')])
    let writing = true
    const written = (async () => {
      for (let batch = 0; batch < 60; batch++) await send(exporter, callItems(100, `${batch}-`, 2000))
      writing = false
    })()
    let seen = 0
    for (; writing; seen++) {
      const text = await readFile(path, 'utf8')
      linesOf(text.slice(0, text.lastIndexOf('\n') + 1))
    }
    await written
    expect(seen).toBeGreaterThan(3)
    expect(linesOf(await readFile(path, 'utf8'))).toHaveLength(6001)
  })

  test('can be read by owner and group only, unless said otherwise', async () => {
    const folder = await emptyFolder()
    const modeOf = async (name: string, mode?: number): Promise<number> => {
      const exporter = fileExporter({ path: join(folder, name), ...(mode !== undefined && { mode }) })
      await send(exporter, [callItem('a')])
      return (await stat(join(folder, name))).mode & 0o777
    }
    expect((await modeOf('a.jsonl')) & ~process.umask()).toBe(0o640 & ~process.umask())
    expect(await modeOf('b.jsonl', 0o600)).toBe(0o600)
  })
})

describe('a batch', () => {
  test('whose time was up is not written twice when it comes again', async () => {
    const folder = await emptyFolder()
    const exporter = fileExporter({ path: join(folder, 'calls.jsonl') })
    await send(exporter, [callItem('first')])
    const batch = callItems(1000, 'x')
    const hurry = new AbortController()
    const late = send(exporter, batch, hurry.signal)
    // by then it is being written, and nothing can call that back
    await setImmediate()
    hurry.abort()
    const result = await late
    expect(result).toMatchObject({ ok: false, retry: true })
    expect(String((result as { error: Error }).error)).toMatch(
      /exporter file cannot write .*calls\.jsonl: it took too long/,
    )
    expect(await send(exporter, [...batch])).toEqual({ ok: true })
    await exporter.flush?.()
    expect(await idsIn(folder)).toHaveLength(1001)
  })

  test('whose time was up before it was begun is written when it comes again', async () => {
    const folder = await emptyFolder()
    const exporter = fileExporter({ path: join(folder, 'calls.jsonl') })
    const batch = callItems(10, 'x')
    const hurry = new AbortController()
    const late = send(exporter, batch, hurry.signal)
    hurry.abort()
    expect(await late).toMatchObject({ ok: false, retry: true })
    expect(await send(exporter, [...batch])).toEqual({ ok: true })
    expect(await idsIn(folder)).toHaveLength(10)
  })

  test('that is another is written although the one before took too long', async () => {
    const folder = await emptyFolder()
    const exporter = fileExporter({ path: join(folder, 'calls.jsonl') })
    const hurry = new AbortController()
    const late = send(exporter, callItems(50, 'x'), hurry.signal)
    hurry.abort()
    await late
    expect(await send(exporter, callItems(50, 'y'))).toEqual({ ok: true })
    expect(new Set(await idsIn(folder)).size).toBe((await idsIn(folder)).length)
    expect((await idsIn(folder)).filter((id) => id.startsWith('y'))).toHaveLength(50)
  })

  test('is not begun when its time is up already', async () => {
    const folder = await emptyFolder()
    const exporter = fileExporter({ path: join(folder, 'calls.jsonl') })
    expect(await send(exporter, [callItem('a')], AbortSignal.abort())).toMatchObject({ ok: false, retry: true })
    expect(await namesIn(folder)).toEqual([])
  })

  test('that JSON cannot say is refused for good, and harms no other', async () => {
    const folder = await emptyFolder()
    const exporter = fileExporter({ path: join(folder, 'calls.jsonl') })
    const odd = callItem('odd', { attributes: { big: 1n as never } })
    expect(await send(exporter, [callItem('a'), odd])).toMatchObject({ ok: false, retry: false })
    expect(await send(exporter, [callItem('b')])).toEqual({ ok: true })
    expect(await idsIn(folder)).toEqual(['b'])
  })

  test('after close is refused for good', async () => {
    const exporter = fileExporter({ path: join(await emptyFolder(), 'calls.jsonl'), name: 'calls' })
    await exporter.close?.()
    const result = await send(exporter, [callItem('a')])
    expect(result).toMatchObject({ ok: false, retry: false, error: { message: 'exporter calls is closed' } })
    await expect(exporter.close?.()).resolves.toBeUndefined()
  })

  test('is on the disk after flush', async () => {
    const folder = await emptyFolder()
    const exporter = fileExporter({ path: join(folder, 'calls.jsonl') })
    await exporter.flush?.()
    const sent = send(exporter, callItems(10, 'x'))
    await exporter.flush?.()
    expect(await idsIn(folder)).toHaveLength(10)
    await sent
  })
})

describe('a file that others touch', () => {
  test('is made anew where it was moved or removed', async () => {
    const folder = await emptyFolder()
    const path = join(folder, 'calls.jsonl')
    const exporter = fileExporter({ path })
    await send(exporter, [callItem('a')])
    await rename(path, join(folder, 'moved.1'))
    await send(exporter, [callItem('b')])
    await rename(path, join(folder, 'moved.2'))
    await writeFile(path, '')
    await send(exporter, [callItem('b2')])
    expect(await idsIn(folder)).toEqual(['b2', 'a', 'b'])
    await rm(path)
    await send(exporter, [callItem('c')])
    await rm(folder, { recursive: true })
    await send(exporter, [callItem('d')])
    expect(await idsIn(folder)).toEqual(['d'])
  })

  test('gets whole lines from two exporters at once', async () => {
    const folder = await emptyFolder()
    const path = join(folder, 'calls.jsonl')
    // a file that one puts aside while the other still writes to it is compressed another time
    const options = { path, maxBytes: 20_000, report: () => {} }
    const two = [fileExporter(options), fileExporter(options)]
    await Promise.all(
      two.map(async (exporter, which) => {
        for (let batch = 0; batch < 20; batch++) await send(exporter, callItems(10, `${which}-${batch}-`))
      }),
    )
    await Promise.all(two.map((exporter) => exporter.close?.()))
    const ids = await idsIn(folder)
    expect(ids).toHaveLength(400)
    expect(new Set(ids).size).toBe(400)
  })

  test('goes on behind a line that somebody else adds', async () => {
    const folder = await emptyFolder()
    const path = join(folder, 'calls.jsonl')
    const exporter = fileExporter({ path })
    await send(exporter, [callItem('a')])
    await appendFile(path, '{"id":"theirs"}\n')
    await send(exporter, [callItem('b')])
    expect(await idsIn(folder)).toEqual(['a', 'theirs', 'b'])
  })
})
