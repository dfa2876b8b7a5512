import type { Finish, StreamEvent } from '@cepa/core'
import { textOf } from '../../collect.ts'
import { type Checklist, difference, shown } from '../../kit/report.ts'
import type { Answer, Step } from '../../script.ts'
import { type AdapterBench, KIT_CLOCK, type Outcome } from './bench.ts'

/** An answer with everything in it that the provider has. */
export function richAnswer(bench: AdapterBench): Answer {
  const reasoning: Step[] = bench.has('reasoning')
    ? [{ reasoning: 'Let me' }, { reasoning: ' think.', signature: 'kit-sig' }]
    : []
  const tools: Step[] = bench.has('tools')
    ? [
        { toolCall: { id: 'call-a', name: 'look', arguments: { at: 'ünïcode ✓', deep: { list: [1, 2] } }, pieces: 4 } },
        { toolCall: { id: 'call-b', name: 'sum', arguments: {}, pieces: 1 } },
      ]
    : []
  const usage = { inputTokens: 20, outputTokens: 9, ...(bench.has('cached-tokens') && { cacheReadTokens: 4 }) }
  return {
    id: 'kit-answer',
    steps: [...reasoning, { text: 'Grüße' }, { text: ', 世界 ' }, { text: '👋🏽 ok' }, ...tools, { usage }],
  }
}

export const RICH_TEXT = 'Grüße, 世界 👋🏽 ok'

/** What an answer says, without its shape in time: one for a stream and a whole answer. */
export const said = ({ completion }: Outcome): unknown =>
  completion && {
    text: completion.text,
    reasoning: completion.reasoning,
    toolCalls: completion.toolCalls,
    finish: completion.finish,
    finishRaw: completion.finishRaw,
    usage: completion.usage,
    model: completion.model,
    id: completion.id,
  }

/** Rule W1: the order and shape of events. */
export function orderProblem(events: readonly StreamEvent[]): string | undefined {
  const ends = events.filter(({ type }) => type === 'end').length
  if (ends !== 1) return `there are ${ends} end events`
  if (events.at(-1)?.type !== 'end') return `something follows the end: ${events.at(-1)?.type}`
  if (events.findIndex(({ type }) => type === 'start') > 0) return 'start is not the first event'
  const empty = events.find((event) => event.type === 'text' && event.text === '')
  if (empty) return 'there is a text event without text'
  return toolOrderProblem(events)
}

function toolOrderProblem(events: readonly StreamEvent[]): string | undefined {
  const begun = new Set<string>()
  const over = new Set<string>()
  for (const event of events) {
    if (event.type === 'tool-call-start') begun.add(event.id)
    else if (event.type === 'tool-call-delta' && (!begun.has(event.id) || over.has(event.id))) {
      return `a delta of the tool call ${event.id} is out of order`
    } else if (event.type === 'tool-call') {
      if (!begun.has(event.id)) return `the tool call ${event.id} was not begun`
      if (over.has(event.id)) return `the tool call ${event.id} comes twice`
      over.add(event.id)
    }
  }
  const open = [...begun].find((id) => !over.has(id))
  return open && `the tool call ${open} never becomes whole`
}

/** Rules W1, W2, W3, W8, P-at: an ordinary answer, streamed and whole. */
export async function checkContent(bench: AdapterBench, checks: Checklist): Promise<void> {
  const script = richAnswer(bench)
  const before = KIT_CLOCK.now()
  const stream = await bench.ask(script)
  const whole = await bench.ask(script, { whole: true })
  checks.add(
    'W1',
    'events come in order, the end once and last',
    stream.error ? shown(stream.error) : orderProblem(stream.events),
  )
  checks.add('W1', 'events carry the time of the call’s clock', timeProblem(stream.events, before))
  checkSaid(bench, checks, { what: 'stream', outcome: stream })
  checkSaid(bench, checks, { what: 'whole', outcome: whole })
  checks.add('W8', 'a whole answer says what the stream says', difference(said(stream), said(whole)))
}

function timeProblem(events: readonly StreamEvent[], before: number): string | undefined {
  let last = before
  for (const { type, at } of events) {
    if (!(at >= last) || at > KIT_CLOCK.now()) return `the event ${type} has the time ${at}`
    last = at
  }
  return undefined
}

function checkSaid(
  bench: AdapterBench,
  checks: Checklist,
  { what, outcome }: { what: string; outcome: Outcome },
): void {
  const { completion, error } = outcome
  if (completion === undefined) {
    checks.add('W2', `${what}: an answer comes through`, shown(error ?? 'the call gave nothing'))
    return
  }
  checks.add('W2', `${what}: text`, difference(RICH_TEXT, completion.text))
  if (what === 'stream')
    checks.add('W2', 'stream: text comes in the pieces that were sent', difference(RICH_TEXT, textOf(outcome.events)))
  checks.add(
    'W2',
    `${what}: id and model`,
    difference(['kit-answer', bench.request().model], [completion.id, completion.model]),
  )
  if (bench.has('reasoning')) checks.add('W2', `${what}: reasoning`, difference('Let me think.', completion.reasoning))
  if (bench.has('tools')) checks.add('W2', `${what}: tool calls`, difference(TOOL_CALLS, completion.toolCalls))
  const { inputTokens, outputTokens, cacheReadTokens, source } = completion.usage ?? {}
  const cached = bench.has('cached-tokens') ? 4 : undefined
  const usage = [inputTokens, outputTokens, cacheReadTokens, source]
  checks.add('W3', `${what}: usage`, difference([20, 9, cached, 'provider'], usage))
}

const TOOL_CALLS = [
  { id: 'call-a', name: 'look', arguments: { at: 'ünïcode ✓', deep: { list: [1, 2] } } },
  { id: 'call-b', name: 'sum', arguments: {} },
]

const FINISHES: readonly Finish[] = ['stop', 'length', 'content-filter']

/** Rules W2, W3: finishes in normal form, arguments that are no JSON, usage that is not told, several kinds of answer. */
export async function checkForms(bench: AdapterBench, checks: Checklist): Promise<void> {
  for (const whole of [false, true]) {
    const what = whole ? 'whole' : 'stream'
    for (const finish of bench.wire.finishes ?? FINISHES) {
      const { completion, error } = await bench.ask([{ text: 'a' }, { end: finish }], { whole })
      checks.add('W2', `${what}: the finish ${finish}`, difference(finish, completion?.finish ?? shown(error)))
      checks.add(
        'W2',
        `${what}: the provider’s own word for ${finish}`,
        completion?.finishRaw === undefined && 'finishRaw is absent',
      )
    }
    const silent = await bench.ask({ text: 'a', usage: false }, { whole })
    const { inputTokens, outputTokens } = silent.completion?.usage ?? {}
    checks.add(
      'W3',
      `${what}: usage that is not told is absent, not 0`,
      difference([undefined, undefined], [inputTokens, outputTokens]),
    )
  }
  if (!bench.has('tools')) return
  const { completion } = await bench.ask([{ toolCall: { id: 'x', name: 'bad', argumentsText: '{"cut":' } }])
  checks.add(
    'W2',
    'arguments that are no JSON are kept as text',
    difference('{"cut":', completion?.toolCalls[0]?.malformed),
  )
}

/** An adapter that offers embeddings: vectors in the order of the inputs. */
export async function checkEmbed(bench: AdapterBench, checks: Checklist): Promise<void> {
  if (!bench.adapter.operations.includes('embed')) return
  bench.server.script({})
  const result = await bench.chat
    .embed({ model: bench.request().model, input: ['abc', 'd'] })
    .catch((error: Error) => error)
  const vectors = result instanceof Error ? shown(result) : result.embeddings
  checks.add(
    'W2',
    'embeddings come in the order of the inputs',
    difference(
      [
        [3, 0, 1],
        [1, 1, 1],
      ],
      vectors,
    ),
  )
}
