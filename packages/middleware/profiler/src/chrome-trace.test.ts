import { describe, expect, test } from 'vitest'
import { BusyClock } from '../test/busy-clock.ts'
import { bench, busyLayer, request } from '../test/stacks.ts'
import { profiler, type TraceEvent } from './index.ts'

type Stretch = Extract<TraceEvent, { readonly ph: 'X' }>
type Name = Extract<TraceEvent, { readonly ph: 'M' }>

const isStretch = (event: TraceEvent): event is Stretch => event.ph === 'X'
const isName = (event: TraceEvent): event is Name => event.ph === 'M'
/** In whole nanoseconds, which viewers count in. */
const startOf = ({ ts }: Stretch): number => Math.round(ts * 1000)
const endOf = (each: Stretch): number => startOf(each) + Math.round(each.dur * 1000)

/** What is wrong with a trace, by the rules of its format and of what is in it. */
function findings(events: readonly TraceEvent[]): readonly string[] {
  const problems: string[] = []
  const names = events.filter(isName)
  const stretches = events.filter(isStretch)
  for (const event of stretches) {
    const { name, ts, dur, pid, tid } = event
    if (name === '') problems.push('a stretch has no name')
    for (const number of [ts, dur])
      if (!(Number.isFinite(number) && number >= 0)) problems.push(`${name}: ${ts}, ${dur}`)
    for (const id of [pid, tid]) if (!Number.isSafeInteger(id)) problems.push(`${name}: pid ${pid}, tid ${tid}`)
    if (!names.some((each) => each.name === 'process_name' && each.pid === pid))
      problems.push(`process ${pid}: no name`)
    if (!names.some((each) => each.name === 'thread_name' && each.pid === pid && each.tid === tid))
      problems.push(`thread ${tid}: no name`)
  }
  for (const call of stretches.filter(({ cat }) => cat === 'call')) {
    const inside = stretches.filter(({ tid, pid, cat }) => tid === call.tid && pid === call.pid && cat !== 'call')
    for (const [index, each] of inside.entries()) {
      if (startOf(each) < startOf(call) || endOf(each) > endOf(call)) problems.push(`${each.name} leaves its call`)
      const next = inside[index + 1]
      if (next && startOf(next) < endOf(each)) problems.push(`${next.name} begins within ${each.name}`)
    }
  }
  return problems
}

/** A profiler with a few calls, some at one time, in two pipelines. */
async function profiled() {
  const clock = new BusyClock()
  const profile = profiler({ keepCalls: 8 })
  const script = { headersMs: 1 / 3, everyMs: 10.1, text: 'one two three' }
  const layers = () => [
    busyLayer('outer', clock, { start: 1 / 7, event: 0.3 }),
    profile,
    busyLayer('inner', clock, { event: 0.7, end: 1 }),
  ]
  const made = bench(layers, { clock, script, name: 'chat' })
  const other = bench(layers, { clock, script: 'Hi', name: 'other', provider: 'ollama' })
  await made.read('m', () => clock.busy(0.21))
  await clock.runUntil(Promise.all([made.chat.complete(request), made.chat.complete(request)]))
  await other.read('llama')
  return profile
}

describe('a trace', () => {
  test('keeps the rules of its format: stretches have times, lie within their call, do not overlap; tracks are named', async () => {
    const { traceEvents } = (await profiled()).chromeTrace()
    expect(findings(traceEvents)).toEqual([])
    expect(traceEvents.filter(isStretch).length).toBeGreaterThan(20)
  })

  test('that breaks them would be found', () => {
    const track = { pid: 1, tid: 1 }
    const stretch = (cat: string, ts: number, dur: number): TraceEvent => ({
      ph: 'X',
      name: cat,
      cat,
      ts,
      dur,
      ...track,
      args: {},
    })
    const broken = [stretch('call', 0, 10), stretch('layer', 2, 9), stretch('provider', 4, -1)]
    expect(findings(broken)).toEqual(
      expect.arrayContaining([
        'process 1: no name',
        'thread 1: no name',
        'layer leaves its call',
        'provider begins within layer',
        'provider: 4, -1',
      ]),
    )
  })

  test('tells what was whose in microseconds, call by call', async () => {
    const clock = new BusyClock()
    const profile = profiler()
    const made = bench(() => [profile, busyLayer('slow', clock, { start: 2, end: 5 })], {
      clock,
      script: { headersMs: 40, text: 'Hi' },
    })
    await clock.runUntil(clock.sleep(1000))
    await clock.runUntil(made.chat.complete(request))
    const id = expect.stringMatching(/^[\da-f-]{36}$/)
    expect(profile.chromeTrace()).toEqual({
      displayTimeUnit: 'ms',
      traceEvents: [
        { ph: 'M', name: 'process_name', pid: 1, tid: 0, args: { name: 'pipeline chat' } },
        { ph: 'M', name: 'thread_name', pid: 1, tid: 1, args: { name: expect.stringMatching(/^call 1: /) } },
        { ph: 'M', name: 'thread_sort_index', pid: 1, tid: 1, args: { sort_index: 1 } },
        {
          ph: 'X',
          name: 'fake/m done',
          cat: 'call',
          ts: 0,
          dur: 47_000,
          pid: 1,
          tid: 1,
          args: { id, provider: 'fake', model: 'm', ending: 'done', events: 3 },
        },
        {
          ph: 'X',
          name: 'slow.start',
          cat: 'layer',
          ts: 0,
          dur: 2000,
          pid: 1,
          tid: 1,
          args: { layer: 'slow', hook: 'start' },
        },
        { ph: 'X', name: 'provider', cat: 'provider', ts: 2000, dur: 40_000, pid: 1, tid: 1, args: {} },
        {
          ph: 'X',
          name: 'slow.end',
          cat: 'layer',
          ts: 42_000,
          dur: 5000,
          pid: 1,
          tid: 1,
          args: { layer: 'slow', hook: 'end' },
        },
      ],
    })
  })

  test('has pipelines as processes and calls as tracks, and is JSON', async () => {
    const { traceEvents } = JSON.parse(JSON.stringify((await profiled()).chromeTrace())) as {
      traceEvents: TraceEvent[]
    }
    const processes = traceEvents.filter(isName).filter(({ name }) => name === 'process_name')
    expect(processes.map(({ args }) => args)).toEqual([{ name: 'pipeline chat' }, { name: 'pipeline other' }])
    const calls = traceEvents.filter(isStretch).filter(({ cat }) => cat === 'call')
    expect(calls.map(({ pid, tid, name }) => [pid, tid, name])).toEqual([
      [1, 1, 'fake/m done'],
      [1, 2, 'fake/m done'],
      [1, 3, 'fake/m done'],
      [2, 4, 'ollama/llama done'],
    ])
  })

  test('has the last calls alone, or none', async () => {
    const [last, none] = [profiler({ keepCalls: 3 }), profiler({ name: 'none', keepCalls: 0 })]
    const made = bench(() => [last, none])
    for (let call = 0; call < 8; call++) await made.read(`m${call}`)
    const models = last
      .chromeTrace()
      .traceEvents.filter(isStretch)
      .filter(({ cat }) => cat === 'call')
      .map(({ args }) => args.model)
    expect(models).toEqual(['m5', 'm6', 'm7'])
    expect(none.chromeTrace().traceEvents).toEqual([])
  })
})
