import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expired, oldFilesOf, oldName } from './old-files.ts'

const time = fc.integer({ min: 0, max: Date.UTC(2200, 0) })

describe('names', () => {
  test('of old files tell when they were put aside, and sort as times do', () => {
    expect(oldName('/var/log/calls.jsonl', Date.UTC(2026, 2, 1, 3, 12, 45, 17))).toBe(
      'calls.2026-03-01T03-12-45-017Z.jsonl',
    )
    fc.assert(
      fc.property(
        fc.constantFrom('calls.jsonl', 'calls', 'a.b.c', '.hidden', 'a.gz', 'a+(b).log'),
        time,
        time,
        (path, a, b) => {
          const names = [oldName(path, a), `${oldName(path, b)}.gz`]
          const { old } = oldFilesOf(path, names)
          expect(old.map(({ atMs, compressed }) => [atMs, compressed]).sort()).toEqual(
            [
              [a, false],
              [b, true],
            ].sort(),
          )
          if (a !== b) expect(old[0]?.atMs).toBe(Math.max(a, b))
          expect(oldName(path, a) < oldName(path, b)).toBe(a < b)
        },
      ),
    )
  })

  test('of other files are never taken for old ones', () => {
    const other = fc.string().filter((name) => !/^calls\.\d{4}-/.test(name))
    fc.assert(fc.property(fc.array(other), (names) => void expect(oldFilesOf('calls.jsonl', names).old).toEqual([])))
    const near = [
      'calls.jsonl',
      'calls.2026-01-01.jsonl',
      'calls.2026-01-01T00-00-00-000Z.log',
      'calls.2026-13-41T00-00-00-000Z.jsonl',
    ]
    expect(oldFilesOf('calls.jsonl', near)).toEqual({ old: [], unfinished: [] })
  })
})

describe('what has to go', () => {
  const old = (times: readonly number[]) =>
    [...times].sort((a, b) => b - a).map((atMs) => ({ name: String(atMs), atMs, compressed: true }))

  test('is what is too many or too old, and the newest stay', () => {
    const limits = fc.record({ keepFiles: fc.nat(8), keepForMs: fc.option(fc.nat(100), { nil: undefined }) })
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(200), { maxLength: 12 }), limits, (times, { keepFiles, keepForMs }) => {
        const gone = new Set(expired(old(times), { keepFiles, keepForMs }, 200).map(({ atMs }) => atMs))
        const kept = times.filter((atMs) => !gone.has(atMs))
        expect(kept.length).toBeLessThanOrEqual(keepFiles)
        expect(kept.every((atMs) => keepForMs === undefined || 200 - atMs <= keepForMs)).toBe(true)
        const young = times.filter((atMs) => keepForMs === undefined || 200 - atMs <= keepForMs)
        expect(kept.length).toBe(Math.min(keepFiles, young.length))
        for (const atMs of kept) for (const other of gone) expect(atMs).toBeGreaterThan(other)
      }),
    )
  })
})
