import { existsSync } from 'node:fs'
import { mkdir, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { emptyFolder, idsIn, linesOf, namesIn, textOf } from '../test/folder.ts'
import { callItem, callItems, send } from '../test/items.ts'
import { mountOver } from '../test/mount.ts'
import { type FileExporterOptions, fileExporter } from './index.ts'

const HOUR_MS = 3_600_000

/** An exporter on a clock to turn, that must not have problems. */
async function bench(options: Partial<FileExporterOptions> = {}) {
  const folder = await emptyFolder()
  const clock = virtualClock()
  const problems: string[] = []
  const make = () =>
    fileExporter({
      path: join(folder, 'calls.jsonl'),
      clock,
      report: (error) => problems.push(error.message),
      ...options,
    })
  return { folder, clock, problems, make, exporter: make() }
}

describe('by size', () => {
  test('a file is put aside before it would be too long, and compressed; every record is there once', async () => {
    const { folder, exporter, clock, problems } = await bench({ maxBytes: 8_000 })
    const sent: string[] = []
    for (let batch = 0; batch < 12; batch++) {
      const items = callItems(5, `${batch}-`)
      sent.push(...items.map((item) => (item as { record: { id: string } }).record.id))
      expect(await send(exporter, items)).toEqual({ ok: true })
      await clock.advance(1000)
    }
    await exporter.close?.()
    expect(await namesIn(folder)).toEqual([
      'calls.2026-01-01T00-00-04-000Z.jsonl.gz',
      'calls.2026-01-01T00-00-08-000Z.jsonl.gz',
      'calls.jsonl',
    ])
    expect(await idsIn(folder)).toEqual(sent)
    for (const name of await namesIn(folder)) {
      expect(Buffer.byteLength(await textOf(join(folder, name)))).toBeLessThanOrEqual(8_000)
    }
    expect(problems).toEqual([])
  })

  test('files that are put aside in the same millisecond have names of their own', async () => {
    const { folder, exporter } = await bench({ maxBytes: 1024 })
    for (let batch = 0; batch < 5; batch++) await send(exporter, callItems(2, `${batch}-`))
    await exporter.close?.()
    expect(await namesIn(folder)).toEqual([
      ...[0, 1, 2, 3].map((ms) => `calls.2026-01-01T00-00-00-00${ms}Z.jsonl.gz`),
      'calls.jsonl',
    ])
    expect(await idsIn(folder)).toHaveLength(10)
  })

  test('a batch that is larger than a file has one of its own', async () => {
    const { folder, exporter } = await bench({ maxBytes: 1024, gzip: false })
    await send(exporter, [callItem('small')])
    await send(exporter, callItems(20, 'large'))
    await send(exporter, [callItem('next')])
    await exporter.close?.()
    const counts = await Promise.all(
      (await namesIn(folder)).map(async (name) => linesOf(await textOf(join(folder, name))).length),
    )
    expect(counts).toEqual([1, 20, 1])
  })
})

describe('by age', () => {
  test('a file is put aside with the first record that comes too late for it', async () => {
    const { folder, exporter, clock } = await bench({ maxAgeMs: HOUR_MS, gzip: false })
    await clock.advance(10 * HOUR_MS)
    for (const id of ['a', 'b', 'c']) {
      await send(exporter, [callItem(id)])
      await clock.advance(HOUR_MS / 2)
    }
    await exporter.close?.()
    expect(await namesIn(folder)).toEqual(['calls.2026-01-01T11-00-00-000Z.jsonl', 'calls.jsonl'])
    expect(linesOf(await textOf(join(folder, 'calls.jsonl'))).map(({ id }) => id)).toEqual(['c'])
  })

  test('the age of a file counts on after a restart', async () => {
    const { folder, make, exporter, clock } = await bench({ maxAgeMs: HOUR_MS, gzip: false })
    await send(exporter, [callItem('a')])
    await exporter.close?.()
    // who asks the file system for the beginning of a file is told the real time of it
    const nowMs = Date.now()
    await utimes(join(folder, 'calls.jsonl'), nowMs / 1000, (nowMs - 2 * HOUR_MS) / 1000)
    await clock.advance(nowMs - clock.epochMs())
    const next = make()
    await send(next, [callItem('b')])
    await next.close?.()
    expect(await namesIn(folder)).toHaveLength(2)
    expect(linesOf(await textOf(join(folder, 'calls.jsonl'))).map(({ id }) => id)).toEqual(['b'])
  })

  test('an empty file is never put aside', async () => {
    const { folder, exporter, clock } = await bench({ maxAgeMs: HOUR_MS })
    await writeFile(join(folder, 'calls.jsonl'), '')
    await utimes(join(folder, 'calls.jsonl'), 1, 1)
    await clock.advance(5 * HOUR_MS)
    await send(exporter, [callItem('a')])
    await exporter.close?.()
    expect(await namesIn(folder)).toEqual(['calls.jsonl'])
  })
})

describe('old files', () => {
  test('are kept in number', async () => {
    const { folder, exporter, clock, problems } = await bench({ maxBytes: 1024, keepFiles: 3 })
    for (let batch = 0; batch < 9; batch++) {
      await send(exporter, callItems(2, `${batch}-`))
      await clock.advance(60_000)
    }
    await exporter.close?.()
    const minutes = [6, 7, 8].map((minute) => `calls.2026-01-01T00-0${minute}-00-000Z.jsonl.gz`)
    expect(await namesIn(folder)).toEqual([...minutes, 'calls.jsonl'])
    expect(problems).toEqual([])
  })

  test('are kept for a time', async () => {
    const { folder, exporter, make, clock } = await bench({ maxBytes: 1024, keepForMs: 2 * HOUR_MS })
    for (let batch = 0; batch < 4; batch++) {
      await send(exporter, callItems(2, `${batch}-`))
      await clock.advance(HOUR_MS)
    }
    await exporter.close?.()
    expect(await namesIn(folder)).toHaveLength(4)
    await clock.advance(HOUR_MS)
    // looked at when a file is opened, too
    const next = make()
    await send(next, [callItem('last')])
    await next.close?.()
    const hours = [3, 5].map((hour) => `calls.2026-01-01T0${hour}-00-00-000Z.jsonl.gz`)
    expect(await namesIn(folder)).toEqual([...hours, 'calls.jsonl'])
  })

  test('may all go at once', async () => {
    const { folder, exporter } = await bench({ maxBytes: 1024, keepFiles: 0 })
    for (let batch = 0; batch < 4; batch++) await send(exporter, callItems(2, `${batch}-`))
    await exporter.close?.()
    expect(await namesIn(folder)).toEqual(['calls.jsonl'])
  })

  test('that a stopped process left uncompressed are compressed later, halves of it removed, other files left alone', async () => {
    const { folder, exporter, problems } = await bench()
    const left = 'calls.2025-12-31T00-00-00-000Z.jsonl'
    await writeFile(join(folder, left), '{"id":"old"}\n')
    await writeFile(join(folder, `${left}.gz.part`), 'half')
    const others = ['calls.2025.jsonl', 'calls.jsonl.bak', 'other.2025-12-31T00-00-00-000Z.jsonl']
    for (const name of others) await writeFile(join(folder, name), '')
    await send(exporter, [callItem('new')])
    await exporter.close?.()
    expect(await namesIn(folder)).toEqual([`${left}.gz`, 'calls.jsonl', ...others].sort())
    expect(linesOf(await textOf(join(folder, `${left}.gz`)))).toEqual([{ id: 'old' }])
    expect((await stat(join(folder, `${left}.gz`))).mode & 0o777).toBe(0o640)
    expect(problems).toEqual([])
  })

  test('that cannot be compressed are told, and records are written all the same', async () => {
    const { folder, exporter, problems } = await bench()
    const left = 'calls.2025-12-31T00-00-00-000Z.jsonl'
    await writeFile(join(folder, left), '{"id":"old"}\n')
    await mkdir(join(folder, `${left}.gz`, 'in the way'), { recursive: true })
    expect(await send(exporter, [callItem('new')])).toEqual({ ok: true })
    await exporter.close?.()
    expect(problems).toEqual([
      expect.stringMatching(/^fileExporter could not compress calls\.2025.*jsonl: EISDIR|ENOTEMPTY/),
    ])
    expect(await textOf(join(folder, left))).toBe('{"id":"old"}\n')
    expect(await namesIn(folder)).not.toContain(`${left}.gz.part`)
  })

  test('that somebody still writes to stay as they are', async (context) => {
    const { folder, exporter, problems } = await bench()
    const left = join(folder, 'calls.2025-12-31T00-00-00-000Z.jsonl')
    // one always reads more of it than its size says, as of a file that grows
    const growing = '/proc/version'
    if (!existsSync(growing)) context.skip(`there is no ${growing} here`)
    await symlink(growing, left)
    await send(exporter, [callItem('new')])
    await exporter.close?.()
    expect(problems).toEqual([`fileExporter could not compress ${basename(left)}: it changes still`])
    expect(await namesIn(folder)).toEqual([basename(left), 'calls.jsonl'])
  })

  test('cannot be made of a file that is mounted: it grows, it is told once a minute, no record is lost', async (context) => {
    const { folder, exporter, problems, clock } = await bench({ maxBytes: 1024 })
    const path = join(folder, 'calls.jsonl')
    await writeFile(path, '')
    await mountOver(context, path, ['--bind', path])
    for (let batch = 0; batch < 6; batch++)
      expect(await send(exporter, callItems(2, `${batch}-`))).toEqual({ ok: true })
    expect(problems).toEqual([expect.stringMatching(/could not put .*calls\.jsonl aside: EBUSY/)])
    await clock.advance(60_000)
    await send(exporter, callItems(2, 'later-'))
    expect(problems).toHaveLength(2)
    await exporter.close?.()
    expect(linesOf(await textOf(path))).toHaveLength(14)
    expect(await namesIn(folder)).toEqual(['calls.jsonl'])
  })
})
