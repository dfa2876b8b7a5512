import type { CallRecord, LossRecord, RecordedNote, TelemetryItem } from '@cepa/core'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { attempt, callRecord, groupRecord, rateLimited, startedAtMs } from '../test/records.ts'
import { type ConsoleExporterOptions, consoleExporter } from './index.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/

const context = { signal: new AbortController().signal, attempt: 1 }

/** What an exporter writes for some items. */
function written(items: readonly TelemetryItem[], options: ConsoleExporterOptions = {}): string[] {
  const texts: string[] = []
  const exporter = consoleExporter({ console: { log: (text) => texts.push(text) }, colors: false, ...options })
  expect(exporter.export(items, context)).toEqual({ ok: true })
  return texts
}

const call = (more: Partial<CallRecord> = {}): TelemetryItem => ({ type: 'call', record: callRecord(more) })
const lineOf = (more: Partial<CallRecord> = {}): string => written([call(more)])[0] as string
const note: RecordedNote = {
  schema: 'cepa.note/1',
  name: 'retry',
  from: 'retry',
  callId: 'c-1',
  requestId: 'r-1',
  pipeline: 'chat',
  atMs: startedAtMs + 100,
  sinceStartMs: 100,
  value: { attempt: 1, delayMs: 250 },
}
const loss: LossRecord = {
  schema: 'cepa.loss/1',
  sinceMs: startedAtMs,
  atMs: startedAtMs + 90_000,
  lost: { full: 1200, failed: 3 },
}

describe('a line', () => {
  test('says of a call when it ended, how, how long it took, what it was, and its id', () => {
    expect(lineOf()).toBe('2026-03-01T03:12:45.241Z done        1.24s  openai/gpt-4o · r-1')
  })

  test('says all that a call may have to tell', () => {
    const line = lineOf({
      durations: { totalMs: 4321, providerMs: 300, consumerMs: 4021, firstTokenMs: 210, outputTokensPerSecond: 71.6 },
      usage: { inputTokens: 1204, outputTokens: 87, source: 'provider' },
      cost: { usd: 0.00388, basis: 'provider', attempts: [] },
      cache: { outcome: 'miss' },
      finish: 'length',
      attempts: [
        attempt({ ending: 'failed', status: 429, error: rateLimited, won: false }),
        attempt({ ending: 'failed', error: { name: 'E', message: '', kind: 'network' }, status: 200 }),
        attempt({ ending: 'failed', error: { name: 'E', message: '' } }),
        attempt(),
      ],
      groups: [
        { id: 'g', name: 'nightly' },
        { id: 'h', name: 'agent' },
      ],
      detached: { reason: 'revalidate', parentId: 'c-0' },
      faults: [{ middleware: 'audit', hook: 'end', error: { name: 'E', message: 'm' } }],
      attributes: { tenant: 'acme', user: 'u1' },
      sampling: { reason: 'head', weight: 20 },
    })
    expect(line.split('  openai/gpt-4o · ')[1]?.split(' · ')).toEqual([
      'in the background: revalidate',
      'first token 210ms',
      'reader took 4.02s',
      '1,204 → 87 tokens, 72/s',
      '$0.0039',
      'cache miss',
      'finish length',
      '4 attempts: 429 → network → E → done',
      'broken hooks: audit.end',
      'in nightly/agent',
      'tenant=acme',
      'user=u1',
      'stands for 20 calls',
      'r-1',
    ])
  })

  test.each<[string, Partial<CallRecord>, string]>([
    [
      'an error',
      { ending: 'failed', error: rateLimited },
      `failed      1.24s  openai/gpt-4o · 429 rate-limit: Rate limit reached · provider's id req_9 · r-1`,
    ],
    [
      'an error without a kind',
      { ending: 'failed', error: { name: 'TypeError', message: 'no' } },
      'openai/gpt-4o · TypeError: no · r-1',
    ],
    [
      'a system error without words',
      { ending: 'failed', error: { name: 'Error', code: 'ECONNRESET', message: '' } },
      '· ECONNRESET · r-1',
    ],
    [
      'an abort',
      { ending: 'aborted', error: { name: 'AbortError', code: 'CEPA_ABORTED', message: 'the call was aborted' } },
      'aborted     1.24s  openai/gpt-4o · r-1',
    ],
    [
      'an abort without a reason of its own',
      {
        ending: 'aborted',
        error: {
          name: 'AbortError',
          code: 'CEPA_ABORTED',
          message: 'm',
          causes: [{ name: 'AbortError', message: 'This operation was aborted', code: '20' }],
        },
      },
      'openai/gpt-4o · r-1',
    ],
    [
      'an abort with a reason',
      {
        ending: 'aborted',
        error: {
          name: 'AbortError',
          code: 'CEPA_ABORTED',
          message: 'm',
          causes: [{ name: 'Error', message: 'user left the page' }],
        },
      },
      'openai/gpt-4o · Error: user left the page · r-1',
    ],
    [
      'a deadline',
      {
        ending: 'aborted',
        error: { name: 'TimeoutError', code: 'CEPA_TIMEOUT', kind: 'timeout', message: 'the deadline passed' },
      },
      '· timeout: the deadline passed · r-1',
    ],
    ['a reader who left', { ending: 'abandoned' }, 'abandoned   1.24s  openai/gpt-4o · its reader left · r-1'],
    ['a reader who left and said why', { ending: 'abandoned', reason: 'enough' }, '· enough · r-1'],
    ['a reply that nobody read', { ending: 'unread' }, '· nobody read it · r-1'],
    ['a model with its route', { provider: 'anthropic', model: 'anthropic/claude' }, '  anthropic/claude · r-1'],
    [
      'an embedding',
      { operation: 'embed', usage: { inputTokens: 12, source: 'provider' } },
      '· embed · 12 tokens · r-1',
    ],
    [
      'an estimate',
      {
        usage: { inputTokens: 12, outputTokens: 3, source: 'estimate' },
        cost: { usd: 2, basis: 'partial', attempts: [] },
      },
      '· ~12 → 3 tokens · ~$2.00 · r-1',
    ],
    [
      'tokens of which one part is not known',
      { usage: { inputTokens: 12, source: 'provider' } },
      '· 12 → ? tokens · r-1',
    ],
    [
      'tokens that were spent on no answer',
      { spent: { inputTokens: 12, outputTokens: 0, source: 'provider' } },
      '· 12 → 0 tokens · r-1',
    ],
    ['a cost that is not known', { cost: { unknown: 'no price', attempts: [] } }, '· cost unknown · r-1'],
    [
      'a hit',
      { cache: { outcome: 'hit', ageMs: 184_000, savedUsd: 0.012 } },
      '· cache hit, 3m04s old, saved $0.012 · r-1',
    ],
    ['a cache that was not asked', { cache: { outcome: 'bypass' } }, '  openai/gpt-4o · r-1'],
    ['one attempt', { attempts: [attempt()], finish: 'stop' }, '  openai/gpt-4o · r-1'],
  ])('says it of %s', (_, more, expected) => {
    expect(lineOf(more).endsWith(expected)).toBe(true)
  })

  test('is not filled by a long error', () => {
    const line = lineOf({ ending: 'failed', error: { name: 'Error', message: `${'ä'.repeat(900)}` } })
    expect(Buffer.byteLength(line)).toBeLessThan(400)
    expect(line).toMatch(/ä… · r-1$/)
  })

  test('of a group has the sums of its calls', () => {
    const group = groupRecord({
      groups: 1,
      calls: 1200,
      endings: { done: 1198, failed: 2 },
      openCalls: 1,
      attempts: 1301,
      cacheHits: 12,
      inputTokens: 120_400,
      outputTokens: 9000,
      knownCostUsd: 1.234,
      attributes: { tenant: 'acme' },
    })
    const { costUsd, ...unknown } = group
    const sums =
      '1,200 calls: 1,198 done, 2 failed · 1 still running · 1 group · 1,301 attempts · 12 cache hits · 120,400 → 9,000 tokens'
    expect(costUsd).toBe(0)
    expect(written([{ type: 'group', group: { ...unknown, costUsd: 1.234 } }])).toEqual([
      `2026-03-01T04:13:55.000Z group       1h01m  nightly · ${sums} · $1.23 · tenant=acme · g-1`,
    ])
    expect(written([{ type: 'group', group: unknown }])[0]).toContain(`${sums} · at least $1.23 · `)
  })

  test('of a group that failed says why', () => {
    const failed = { ending: 'failed', error: { name: 'TypeError', message: 'no plan' } } as const
    expect(written([{ type: 'group', group: groupRecord(failed) }])[0]).toContain(
      'nightly · failed: TypeError: no plan · 0 calls · 0 → 0 tokens · $0 · g-1',
    )
  })

  test('tells what was lost', () => {
    expect(written([{ type: 'loss', loss }])).toEqual([
      '2026-03-01T03:14:14.000Z lost        1m30s  telemetry · 1,203 items did not come here (1,200 full, 3 failed)',
    ])
  })

  test('of a note has its name, its layer and its value', () => {
    expect(written([{ type: 'note', note }])).toEqual([
      '2026-03-01T03:12:44.100Z note        100ms  retry · from retry · {"attempt":1,"delayMs":250} · r-1',
    ])
    const long = written([{ type: 'note', note: { ...note, value: 'x'.repeat(4000) } }])[0] as string
    expect(long.length).toBeLessThan(650)
  })

  test('is one line without colours of its own, whatever it is about', () => {
    const unit = fc.oneof(fc.constantFrom('\n', '\r', '\u001b[31m', '\u009b31m', '\u2028', '\u202e', '\t'), fc.string())
    const text = fc.string({ unit })
    fc.assert(
      fc.property(text, text, fc.constantFrom('line', 'json'), (first, second, form) => {
        const error = { name: first, message: second }
        const odd = callRecord({
          model: first,
          requestId: second,
          attributes: { [first]: second },
          error,
          reason: first,
          ending: 'failed',
        })
        const items: TelemetryItem[] = [
          { type: 'call', record: odd },
          { type: 'group', group: groupRecord({ name: first, id: second, attributes: { [first]: second } }) },
          { type: 'note', note: { ...note, name: first, from: second, value: first } },
        ]
        for (const line of written(items, { form: form as 'line' })) expect(line).not.toMatch(CONTROL)
      }),
    )
  })
})

describe('the verbose form', () => {
  test('has below the line all that the record says, by the names of its fields', () => {
    const record = callRecord({
      durations: {
        totalMs: 1241.321_345,
        providerMs: 1,
        consumerMs: 2,
        gaps: { count: 3, meanMs: 1, p50Ms: 1, p95Ms: 2, maxMs: 3 },
      },
      parameters: { messages: 2, tools: ['search', 'fetch'] },
      attributes: { tenant: 'acme & sons', empty: '' },
      attempts: [attempt({ ending: 'failed', error: rateLimited, won: false }), attempt({ index: 1 })],
      cost: { usd: 0.000_012_3, attempts: [{ usd: 0.000_012_3, basis: 'provider' }] },
      content: {
        messages: [{ role: 'user', content: 'How long?\nOnions.' }],
        answers: [{ text: 'Months' }],
        hashes: {},
      },
    })
    const rows = written([{ type: 'call', record }], { form: 'verbose' })
      .join('\n')
      .split('\n')
    expect(rows[0]).toMatch(/ done {8}1.24s {2}openai\/gpt-4o · /)
    expect(rows.slice(1).map((row) => row.replace(/^ {4}(\S+) +/, '$1: '))).toEqual([
      'schema: cepa.call/1',
      'id: c-1',
      'requestId: r-1',
      'pipeline: chat',
      'operation: chat',
      'mode: stream',
      'startedAtMs: 1772334764000',
      'provider: openai',
      'model: gpt-4o',
      'parameters: messages=2 tools=search,fetch',
      'attributes: tenant="acme & sons" empty=""',
      'ending: done',
      'durations: totalMs=1241.32 providerMs=1 consumerMs=2 gaps.count=3 gaps.meanMs=1 gaps.p50Ms=1 gaps.p95Ms=2 gaps.maxMs=3',
      expect.stringMatching(
        /^attempts\[0\]: index=0 .* error.message="Rate limit reached" .* error.kind=rate-limit error.status=429/,
      ),
      'attempts[1]: index=1 provider=openai model=gpt-4o startMs=1 durationMs=1000 ending=done won=true status=200',
      'cost: usd=0.0000123',
      'cost.attempts[0]: usd=0.0000123 basis=provider',
      'content.messages[0]: role=user content="How long?\\nOnions."',
      'content.answers[0]: text=Months',
    ])
  })

  test('leaves out nothing that a record has', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.stringMatching(/^[a-z]{3,8}$/),
        fc.array(tie('any'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('any'), { minKeys: 1 }),
      ),
    })).any
    const leaves = (each: unknown): string[] =>
      typeof each === 'object' && each !== null ? Object.values(each).flatMap(leaves) : [String(each)]
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), value), (extra) => {
        const text = written([{ type: 'note', note: { ...note, value: extra } }], { form: 'verbose' })[0] as string
        for (const leaf of leaves(extra)) expect(text.slice(text.indexOf('\n'))).toContain(leaf)
      }),
    )
  })
})

test('the JSON form is the record itself, for machines', () => {
  const record = callRecord({ attributes: { odd: 'a\nb\u009b\u2028"' } })
  const items: TelemetryItem[] = [
    { type: 'call', record },
    { type: 'group', group: groupRecord() },
    { type: 'loss', loss },
  ]
  const lines = written(items, { form: 'json', colors: true })
  expect(lines.map((line) => JSON.parse(line))).toEqual([record, groupRecord(), loss])
  expect(lines.join('')).not.toMatch(CONTROL)
})

describe('the console', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('gets one text an item, at once, and is asked for when it is needed', () => {
    const exporter = consoleExporter({ colors: false })
    expect(exporter).toMatchObject({ name: 'console', wants: ['call', 'group', 'loss'], limits: { delayMs: 0 } })
    expect(consoleExporter({ notes: true, name: 'mine' })).toMatchObject({
      name: 'mine',
      wants: ['call', 'group', 'note', 'loss'],
    })
    const log = vi.fn()
    vi.stubGlobal('console', { log })
    exporter.export([call(), call()], context)
    expect(log.mock.calls.map(([text]) => text)).toEqual([lineOf(), lineOf()])
  })

  test.each<[string, object | undefined, boolean]>([
    ['it is a terminal', { stdout: { isTTY: true }, env: {} }, true],
    ['NO_COLOR is empty', { stdout: { isTTY: true }, env: { NO_COLOR: '' } }, true],
    ['it is a file', { stdout: {}, env: {} }, false],
    ['NO_COLOR is set', { stdout: { isTTY: true }, env: { NO_COLOR: '1' } }, false],
    ['the terminal is dumb', { stdout: { isTTY: true }, env: { TERM: 'dumb' } }, false],
    ['there is no process', undefined, false],
  ])('has colours on a terminal only: %s', (_, process, expected) => {
    const texts: string[] = []
    const exporter = consoleExporter({ console: { log: (text) => texts.push(text) } })
    vi.stubGlobal('process', process)
    exporter.export([call()], context)
    vi.unstubAllGlobals()
    expect(texts[0]?.includes('\u001b')).toBe(expected)
  })

  test('has the local time and a coloured ending on a terminal', () => {
    const failed = call({ ending: 'failed', error: rateLimited })
    const [line = ''] = written([failed], { colors: true })
    expect(line.replaceAll('\u001b', '^')).toMatch(
      /^\^\[2m\d\d:\d\d:45\.241\^\[0m \^\[31mfailed {3}\^\[0m {3}1\.24s {2}openai\/gpt-4o · \^\[31m429 rate-limit: Rate limit reached\^\[0m · .* · \^\[2mr-1\^\[0m$/,
    )
  })

  test('that fails is told as a value, and is not asked again', () => {
    const log = (): never => {
      throw new Error('EPIPE')
    }
    expect(consoleExporter({ console: { log } }).export([call()], context)).toMatchObject({
      ok: false,
      retry: false,
      error: { message: 'EPIPE' },
    })
  })

  test('refuses options that cannot be right', () => {
    expect(() => consoleExporter({ form: 'long' as 'line' })).toThrow(
      'consoleExporter: option form is "long"; it must be one of "line", "verbose", "json"',
    )
    expect(() => consoleExporter({ console: {} as never })).toThrow('it must be an object with log()')
    expect(() => consoleExporter({ color: true } as never)).toThrow('did you mean colors?')
  })
})
