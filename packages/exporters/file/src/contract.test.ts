import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Exporter } from '@cepa/core'
import { testExporter } from '@cepa/testing'
import { expect, test } from 'vitest'
import { emptyFolder, idsIn, linesOf, namesIn, textOf } from '../test/folder.ts'
import { hangDisk } from '../test/hanging-disk.ts'
import { callItem, callItems, send } from '../test/items.ts'
import { fileExporter } from './index.ts'

test('it keeps the contract of exporters', async () => {
  const folder = await emptyFolder()
  const folders = new Map<Exporter, string>()
  const folderOf = (exporter: Exporter): string => folders.get(exporter) as string
  const { broken, checks } = await testExporter({
    make() {
      const own = join(folder, String(folders.size))
      const exporter = fileExporter({ path: join(own, 'calls.jsonl'), notes: true, maxBytes: 20_000 })
      folders.set(exporter, own)
      return exporter
    },
    arrived: (exporter) => idsIn(folderOf(exporter)),
    breakDestination(exporter) {
      const path = join(folderOf(exporter), 'calls.jsonl')
      rmSync(path, { force: true })
      mkdirSync(path)
      return () => rmSync(path, { recursive: true })
    },
    hangDestination: () => hangDisk(folder, 'kit'),
  })
  expect(broken).toEqual([])
  expect(checks.length).toBeGreaterThan(10)
})

test('batches that come while the disk hangs are written once or not at all, and the next ones are written', async () => {
  const folder = await emptyFolder()
  const path = join(folder, 'calls.jsonl')
  const exporter = fileExporter({ path })
  await send(exporter, [callItem('before')])
  const release = hangDisk(folder, 'test')
  const batches = [callItems(5, 'a'), callItems(5, 'b')]
  // as the hub does: each batch again while its time is up each time
  for (const batch of batches) {
    for (let attempt = 1; attempt <= 3; attempt++) {
      const hurry = new AbortController()
      const sent = send(exporter, batch, hurry.signal)
      setImmediate(() => hurry.abort())
      expect(await sent).toMatchObject({ ok: false, retry: true })
    }
  }
  await release()
  expect(await send(exporter, [callItem('after')])).toEqual({ ok: true })
  await exporter.close?.()
  const ids = linesOf(await textOf(path)).map(({ id }) => id)
  expect(ids).toEqual(['before', 'a0', 'a1', 'a2', 'a3', 'a4', 'after'])
  expect((await namesIn(folder)).filter((name) => name.startsWith('calls'))).toEqual(['calls.jsonl'])
})
