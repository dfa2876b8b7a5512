import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { virtualClock } from '@cepa/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CpuProfiles, type CpuProfilesParts } from './cpu-profiles.ts'
import type { CpuSession } from './cpu-session.ts'
import { ProfileFolder } from './profile-folder.ts'

let path: string
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'profiles-'))
})
afterEach(() => rm(path, { recursive: true, force: true }))

/** An inspector that a test can look at. */
class Inspector {
  readonly log: string[] = []
  broken: Error | undefined

  readonly begin = (): CpuSession => {
    if (this.broken) throw this.broken
    this.log.push('begin')
    return {
      stop: () => {
        this.log.push('stop')
        return { nodes: [], startTime: 0, endTime: 1 }
      },
      cancel: () => void this.log.push('cancel'),
    }
  }
}

function made(given: Partial<CpuProfilesParts> & { readonly maxFiles?: number } = {}) {
  const { maxFiles = 10, ...parts } = given
  const failures: string[] = []
  const clock = virtualClock()
  const inspector = new Inspector()
  const folder = new ProfileFolder({ path, name: 'profiler', maxFiles })
  const failed = (error: Error): void => void failures.push(error.message)
  const profiles = new CpuProfiles({
    folder,
    maxMs: 1000,
    intervalUs: 1000,
    failed,
    clock,
    begin: inspector.begin,
    ...parts,
  })
  return { profiles, inspector, failures, clock }
}

describe('a profile', () => {
  test('that is kept is written under the time and id of its call', async () => {
    const { profiles, inspector, clock } = made()
    const taken = profiles.begin('call-1')?.keep()
    expect(taken?.path).toBe(join(path, 'profiler-2026-01-01T00-00-00-000Z-call-1.cpuprofile'))
    expect(inspector.log).toEqual(['begin'])
    expect(await taken?.written).toBe(true)
    expect(inspector.log).toEqual(['begin', 'stop'])
    expect(JSON.parse(await readFile(taken?.path ?? '', 'utf8'))).toEqual({ nodes: [], startTime: 0, endTime: 1 })
    expect(clock.pending).toEqual([])
  })

  test('that is dropped is not', async () => {
    const { profiles, inspector, clock } = made()
    profiles.begin('call-1')?.drop()
    expect(inspector.log).toEqual(['begin', 'cancel'])
    expect(clock.pending).toEqual([])
    expect(await readdir(path)).toEqual([])
    expect(profiles.begin('call-2')).toBeDefined()
  })

  test('is the only one, until it has been written', async () => {
    const { profiles } = made()
    const first = profiles.begin('call-1')
    expect(profiles.begin('call-2')).toBeUndefined()
    const taken = first?.keep()
    expect(profiles.begin('call-3')).toBeUndefined()
    await taken?.written
    expect(profiles.begin('call-4')).toBeDefined()
  })

  test('ends after its longest time, and is then written once', async () => {
    const { profiles, inspector, clock } = made()
    const recording = profiles.begin('call-1')
    await clock.advance(999)
    expect(inspector.log).toEqual(['begin'])
    await clock.advance(1)
    const taken = recording?.keep()
    expect(await taken?.written).toBe(true)
    recording?.drop()
    expect(inspector.log).toEqual(['begin', 'stop'])
    expect(await readdir(path)).toHaveLength(1)
  })

  test('that is being taken when the profiler closes is written first', async () => {
    const { profiles } = made()
    profiles.begin('call-1')
    await profiles.close()
    expect(await readdir(path)).toHaveLength(1)
    await profiles.close()
  })
})

test('of the files the newest are kept, those of an earlier run counted; nobody else’s are touched', async () => {
  const others = ['profiler-mine.cpuprofile', 'other-2020-01-01T00-00-00-000Z-a.cpuprofile', 'notes.txt']
  const old = 'profiler-2020-01-01T00-00-00-000Z-old.cpuprofile'
  for (const name of [...others, old]) await writeFile(join(path, name), '')
  const { profiles, clock } = made({ maxFiles: 2 })
  for (const id of ['a', 'b', 'c']) {
    await profiles.begin(id)?.keep().written
    await clock.advance(1000)
  }
  const own = ['profiler-2026-01-01T00-00-01-000Z-b.cpuprofile', 'profiler-2026-01-01T00-00-02-000Z-c.cpuprofile']
  expect((await readdir(path)).toSorted()).toEqual([...others, ...own].toSorted())
})

describe('what fails', () => {
  test('in the folder is told once, until it works again', async () => {
    const blocked = join(path, 'file')
    await writeFile(blocked, '')
    const folder = new ProfileFolder({ path: join(blocked, 'profiles'), name: 'profiler', maxFiles: 1 })
    const { profiles, failures } = made({ folder })
    for (const id of ['a', 'b']) expect(await profiles.begin(id)?.keep().written).toBe(false)
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatch(/ENOTDIR|EEXIST/)
    await rm(blocked)
    expect(await profiles.begin('c')?.keep().written).toBe(true)
    await rm(join(blocked), { recursive: true })
    await writeFile(blocked, '')
    expect(await profiles.begin('d')?.keep().written).toBe(false)
    expect(failures).toHaveLength(2)
  })

  test('in the inspector is told once too, and the next call tries again', async () => {
    const { profiles, inspector, failures } = made()
    inspector.broken = new Error('busy')
    for (const id of ['a', 'b']) expect(profiles.begin(id)).toBeUndefined()
    expect(failures).toEqual(['busy'])
    inspector.broken = undefined
    expect(await profiles.begin('c')?.keep().written).toBe(true)
  })
})
