import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { middleware, OptionError, pipeline } from '@cepa/core'
import { collect, fakeProvider, testMiddleware } from '@cepa/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { request } from '../../test/stacks.ts'
import type { ProfilerProblem, SlowCall } from '../index.ts'
import { settingsOf } from '../options.ts'
import { makeProfiler } from '../profiler.ts'
import { EventLoopDelayMonitor } from './event-loop-delay.ts'
import { type NodeProfilerOptions, profiler } from './index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiles-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Keeps the processor busy; the profile must name it. */
function plantedBusyLoop(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** A pipeline in real time, one of whose layers is busy for 5 ms with each of 41 events. */
function busyStack(options: NodeProfilerOptions) {
  const told: SlowCall[] = []
  const problems: ProfilerProblem[] = []
  const profile = profiler({
    slowMs: 50,
    onSlowCall: (slow) => told.push(slow),
    report: (problem) => problems.push(problem),
    ...options,
  })
  const steps = Array.from({ length: 40 }, () => [{ waitMs: 1 }, { text: 'a' }]).flat()
  const heavy = middleware({ name: 'heavy', event: () => plantedBusyLoop(5) })
  return { told, problems, profile, chat: pipeline(fakeProvider(steps), profile, heavy) }
}

describe('a slow call', () => {
  test('has a CPU profile that names what was busy', async () => {
    const { chat, told, problems } = busyStack({ cpuProfile: { folder, intervalUs: 500 } })
    await collect(chat(request))
    const [slow] = told
    expect(slow?.slowestLayer).toMatchObject({ layer: 'heavy', hook: 'event' })
    expect(await slow?.cpuProfile?.written).toBe(true)
    expect(problems).toEqual([])
    const [file = ''] = await readdir(folder)
    expect(join(folder, file)).toBe(slow?.cpuProfile?.path)
    const data = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
      readonly nodes: readonly { readonly callFrame: { readonly functionName: string } }[]
      readonly samples: readonly number[]
    }
    expect(data.nodes.map(({ callFrame }) => callFrame.functionName)).toContain('plantedBusyLoop')
    expect(data.samples.length).toBeGreaterThan(20)
    await chat.close()
  })

  test('is told how late the event loop was while it ran', async () => {
    const blocks = middleware({ name: 'blocks', end: () => plantedBusyLoop(80) })
    const told: SlowCall[] = []
    const profile = profiler({ slowMs: 10, onSlowCall: (slow) => told.push(slow) })
    const chat = pipeline(fakeProvider({ headersMs: 30, text: 'Hi' }), profile, blocks)
    await chat.complete(request)
    const delay = told[0]?.eventLoopDelay
    expect(delay?.maxMs).toBeGreaterThan(60)
    expect(delay?.maxMs).toBeGreaterThan(delay?.meanMs ?? Number.POSITIVE_INFINITY)
    await chat.close()
    await expect(chat.complete(request)).rejects.toThrow()
  })

  test('is told without, where that is not wanted or not to be had', async () => {
    const blocked = join(folder, 'file')
    await writeFile(blocked, '')
    const { chat, told, problems } = busyStack({
      eventLoopDelay: false,
      cpuProfile: { folder: join(blocked, 'profiles') },
    })
    for (let call = 0; call < 2; call++) {
      await collect(chat(request))
      expect(await told[call]?.cpuProfile?.written).toBe(false)
    }
    expect(told).toHaveLength(2)
    expect(told[0]).not.toHaveProperty('eventLoopDelay')
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ where: 'cpuProfile' })
    await chat.close()
  })
})

test('a call that is not slow leaves no file, and no timer', async () => {
  const { chat, told, profile } = busyStack({ slowMs: 60_000, cpuProfile: { folder } })
  await collect(chat(request))
  await chat.close()
  expect(told).toEqual([])
  expect(await readdir(folder)).toEqual([])
  expect(profile.report({ json: true }).total.calls).toBe(1)
})

test('a platform that does not watch its event loop makes calls all the same', async () => {
  const problems: ProfilerProblem[] = []
  const told: SlowCall[] = []
  const settings = settingsOf({
    slowMs: 1,
    onSlowCall: (slow) => told.push(slow),
    report: (problem) => problems.push(problem),
  })
  const eventLoop = new EventLoopDelayMonitor({
    histogram: () => {
      throw new Error('not implemented')
    },
    now: () => 0,
  })
  const chat = pipeline(fakeProvider({ headersMs: 10, text: 'Hi' }), makeProfiler(settings, { eventLoop }))
  await chat.complete(request)
  expect(problems).toMatchObject([{ where: 'eventLoopDelay', error: { message: 'not implemented' } }])
  expect(told).toHaveLength(1)
  expect(told[0]).not.toHaveProperty('eventLoopDelay')
  await chat.close()
})

test('a process ends though it watches its event loop and never closed', async () => {
  const fixture = fileURLToPath(new URL('../../test/fixtures/one-call.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@cepa/source', fixture], {
    timeout: 15_000,
  })
  expect(stdout.trim()).toBe('over')
})

describe('options that cannot be right are refused', () => {
  test.each([
    [{ cpuProfile: {} }, 'option cpuProfile.folder is undefined; it must be a string that is not empty'],
    [{ cpuProfile: { folder: 'f', maxFiles: 0 } }, 'option cpuProfile.maxFiles is 0'],
    [{ cpuProfile: { folder: 'f', maxMs: 0 } }, 'option cpuProfile.maxMs is 0'],
    [{ cpuProfile: { folder: 'f', every: 5 } }, 'option cpuProfile.every'],
    [{ eventLoopDelay: 'yes' }, 'option eventLoopDelay is "yes"'],
    [{ keepCalls: -1 }, 'option keepCalls is -1'],
  ])('%o', (options, problem) => {
    expect(() => profiler(options as never)).toThrow(OptionError)
    expect(() => profiler(options as never)).toThrow(problem)
  })
})

test('its options are told to explain()', () => {
  const chat = pipeline(fakeProvider(), profiler({ cpuProfile: { folder: 'profiles' } }))
  expect(chat.explain({ json: true })).toMatchObject({
    layers: [
      {
        data: {
          slowMs: 30_000,
          cpuProfile: { folder: 'profiles', maxFiles: 10, maxMs: 10_000, intervalUs: 1000 },
          eventLoopDelay: true,
        },
      },
    ],
  })
})

test('keeps the contract', async () => {
  const report = await testMiddleware({
    make: (tell) =>
      profiler({
        slowMs: 1e9,
        cpuProfile: { folder },
        onSlowCall: ({ model }) => tell(model),
      }),
    name: 'profiler',
  })
  expect(report.broken).toEqual([])
})
