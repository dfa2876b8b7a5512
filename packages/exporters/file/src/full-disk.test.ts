import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Exporter, type ExportResult, type LossRecord, pipeline } from '@cepa/core'
import { telemetry } from '@cepa/middleware-telemetry'
import { fakeProvider } from '@cepa/testing'
import { describe, expect, type TestContext, test } from 'vitest'
import { emptyFolder, idsIn, linesOf, namesIn, textOf } from '../test/folder.ts'
import { callItems, send } from '../test/items.ts'
import { mountOver } from '../test/mount.ts'
import { type FileExporterOptions, fileExporter } from './index.ts'

const BATCH = 20

/** An exporter on a disk of 256 KB. */
async function onSmallDisk(context: TestContext, options: Partial<FileExporterOptions> = {}) {
  const folder = await emptyFolder()
  await mountOver(context, folder, ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs'])
  return { folder, exporter: fileExporter({ path: join(folder, 'calls.jsonl'), maxAgeMs: 1e12, ...options }) }
}

/** Gives batches of 20 records; the ids of those that were told as written. */
async function fill(exporter: Exporter, batches: number, prefix: string) {
  const written: string[] = []
  const refused: ExportResult[] = []
  for (let batch = 0; batch < batches; batch++) {
    // lines of other lengths, so that the disk ends at all places of a line
    const result = await send(exporter, callItems(BATCH, `${prefix}${batch}-`, 400 + batch * 34))
    if (result.ok) written.push(...Array.from({ length: BATCH }, (_, index) => `${prefix}${batch}-${index}`))
    else refused.push(result)
  }
  return { written, refused }
}

describe('on a full disk', () => {
  test('nothing is torn, what did not fit is told and may come again, and writing goes on when there is space', async (context) => {
    const { folder, exporter } = await onSmallDisk(context)
    const ballast = join(folder, 'ballast')
    await writeFile(ballast, Buffer.alloc(150_000))
    const before = await fill(exporter, 30, 'a')
    expect(before.written.length).toBeGreaterThan(2 * BATCH)
    expect(before.refused.length).toBeGreaterThan(10)
    for (const result of before.refused)
      expect(result).toMatchObject({ ok: false, retry: true, error: { code: 'ENOSPC' } })
    // exactly what was told as written is there, whole
    const path = join(folder, 'calls.jsonl')
    expect(linesOf(await textOf(path)).map(({ id }) => id)).toEqual(before.written)
    await rm(ballast)
    const after = await fill(exporter, 5, 'b')
    expect(after.refused).toEqual([])
    expect(linesOf(await textOf(path)).map(({ id }) => id)).toEqual([...before.written, ...after.written])
    await exporter.close?.()
  })

  test('the same batch is there once when it comes again and there is space', async (context) => {
    const { folder, exporter } = await onSmallDisk(context)
    const ballast = join(folder, 'ballast')
    await writeFile(ballast, Buffer.alloc(250_000))
    const batch = callItems(BATCH, 'x', 1000)
    expect(await send(exporter, batch)).toMatchObject({ ok: false, retry: true })
    expect(await send(exporter, batch)).toMatchObject({ ok: false, retry: true })
    await rm(ballast)
    expect(await send(exporter, batch)).toEqual({ ok: true })
    await exporter.close?.()
    expect(await idsIn(folder)).toHaveLength(BATCH)
  })

  test('rotation and compression lose nothing either', async (context) => {
    const problems: string[] = []
    const report = (error: Error): void => void problems.push(error.message)
    const { folder, exporter } = await onSmallDisk(context, { maxBytes: 40_000, keepFiles: 100, report })
    const ballast = join(folder, 'ballast')
    await writeFile(ballast, Buffer.alloc(200_000))
    const before = await fill(exporter, 30, 'a')
    expect(before.refused.length).toBeGreaterThan(0)
    await rm(ballast)
    const after = await fill(exporter, 10, 'b')
    expect(after.refused).toEqual([])
    await exporter.close?.()
    const ids = await idsIn(folder)
    expect(new Set(ids)).toEqual(new Set([...before.written, ...after.written]))
    expect((await namesIn(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('telemetry counts what did not fit, and tells it in the file when there is space', async (context) => {
    const { folder, exporter } = await onSmallDisk(context)
    const ballast = join(folder, 'ballast')
    await writeFile(ballast, Buffer.alloc(200_000))
    const problems: unknown[] = []
    const watch = telemetry({
      exporters: [{ exporter, limits: { retries: 0, delayMs: 0, maxBatchBytes: 4000 } }],
      report: (problem) => problems.push(problem),
    })
    const chat = pipeline(fakeProvider({ text: 'For months' }), watch)
    const callAll = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index++) {
        const { text } = await chat.complete({ model: 'm', messages: [{ role: 'user', content: 'How long?' }] })
        expect(text).toBe('For months')
      }
      await watch.flush()
    }
    await callAll(200)
    const lost = watch.stats().exporters[0]?.lost.failed ?? 0
    expect(lost).toBeGreaterThan(20)
    await rm(ballast)
    await callAll(30)
    await watch.close()
    const lines = linesOf(await textOf(join(folder, 'calls.jsonl')))
    expect(lines.filter(({ schema }) => schema === 'cepa.call/1')).toHaveLength(230 - lost)
    expect(watch.stats().exporters[0]).toMatchObject({ delivered: 230 - lost, lost: { failed: lost } })
    const told = lines.filter(({ schema }) => schema === 'cepa.loss/1') as unknown as LossRecord[]
    expect(told.reduce((sum, loss) => sum + (loss.lost.failed ?? 0), 0)).toBe(lost)
    expect(problems.length).toBeGreaterThan(0)
  })
})
