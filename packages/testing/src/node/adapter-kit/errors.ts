import { inspect } from 'node:util'
import { isRetryableKind, ProviderError, type ProviderErrorKind } from '@cepa/core'
import { textOf } from '../../collect.ts'
import { type Checklist, difference, shown } from '../../kit/report.ts'
import type { Failure } from '../../script.ts'
import { type AdapterBench, KIT_KEY, type Outcome } from './bench.ts'

const KINDS: readonly ProviderErrorKind[] = [
  'rate-limit',
  'quota',
  'auth',
  'permission',
  'invalid-request',
  'context-length',
  'not-found',
  'overloaded',
  'server',
]

const HTML = `<!doctype html><title>502</title><h1>Bad gateway</h1>${'<p>padding</p>'.repeat(2000)}`

/** Rules W5, W6, A1: what the provider refuses is told in one vocabulary, once, and without the key. */
export async function checkErrors(bench: AdapterBench, checks: Checklist): Promise<void> {
  for (const kind of KINDS) {
    const outcome = await bench.ask({ failure: { kind, retryAfterMs: 2000 } })
    checks.add('W5', `${kind} is told as ${kind}`, kindProblem(outcome, kind))
    checkDetails(bench, checks, { kind, outcome })
    checks.add('A1', `${kind} is one request and one attempt`, repeatProblem(bench, outcome))
    checks.add('W6', `${kind} does not tell the key`, secretIn(outcome.error))
  }
  await checkStrangeErrors(bench, checks)
  await checkErrorsInside(bench, checks)
  const failure: Failure = { kind: 'auth', message: `Incorrect API key provided: ${KIT_KEY}.` }
  const { error, attempts } = await bench.ask({ failure })
  checks.add('W6', 'a key that the provider repeats is taken out', secretIn([error, attempts]))
}

function kindProblem({ error }: Outcome, kind: string): string | undefined {
  if (!(error instanceof ProviderError)) return `it is ${error ? shown(error) : 'no error'}`
  if (error.kind !== kind) return `its kind is ${error.kind}`
  return difference(isRetryableKind(error.kind), error.retryable) && `retryable is ${error.retryable}`
}

function checkDetails(
  bench: AdapterBench,
  checks: Checklist,
  { kind, outcome }: { kind: string; outcome: Outcome },
): void {
  const { status, providerRequestId, retryAfterMs, provider } = (outcome.error ?? {}) as Partial<ProviderError>
  checks.add('W5', `${kind} names the provider`, difference(bench.adapter.name, provider))
  if (bench.has('status')) checks.add('W5', `${kind} has the status`, difference(outcome.entry?.status, status))
  const waits = kind === 'rate-limit' || kind === 'overloaded'
  if (waits) checks.add('W5', `${kind} has the wait that was asked for`, difference(2000, retryAfterMs))
  const id = requestIdOf(bench, outcome)
  if (id) checks.add('W5', `${kind} has the provider’s request id`, difference(id, providerRequestId))
}

/** The id that the server sent, as `request-<n>`. */
const requestIdOf = (bench: AdapterBench, { entry }: Outcome): string | undefined =>
  bench.has('request-id') && entry ? `request-${entry.index + 1}` : undefined

const repeatProblem = (bench: AdapterBench, { entry, attempts }: Outcome): string | undefined => {
  const requests = bench.server.ledger.length - (entry?.index ?? 0)
  return requests === 1 && attempts.length === 1 ? undefined : `${requests} requests, ${attempts.length} attempts`
}

async function checkStrangeErrors(bench: AdapterBench, checks: Checklist): Promise<void> {
  const html = await bench.ask({ failure: { status: 502, body: HTML, headers: { 'content-type': 'text/html' } } })
  checks.add('W5', 'an HTML page of a gateway', kindProblem(html, 'server'))
  checks.add(
    'W5',
    'what is quoted of a page is cut',
    (html.error?.message.length ?? 0) > 2000 && 'the message holds the page',
  )
  checks.add('W5', 'an empty body', kindProblem(await bench.ask({ failure: { status: 500, body: '' } }), 'server'))
  checks.add(
    'W5',
    'a cut error',
    kindProblem(await bench.ask({ failure: { status: 429, body: '{"error": {"mess' } }), 'rate-limit'),
  )
  const page = await bench.ask({ failure: { status: 200, body: HTML, headers: { 'content-type': 'text/html' } } })
  checks.add('W5', 'a page with status 200', kindProblem(page, 'malformed'))
  const reset = await bench.ask({ network: { resetBeforeHeaders: true } })
  checks.add('W5', 'a reset before the headers', kindProblem(reset, 'network'))
}

async function checkErrorsInside(bench: AdapterBench, checks: Checklist): Promise<void> {
  const outcome = await bench.ask([
    { text: 'one' },
    { text: ' two' },
    { error: { kind: 'server', message: `broken ${KIT_KEY}` } },
  ])
  checks.add('W5', 'an error inside a 200 answer', kindProblem(outcome, 'server'))
  checks.add('W4', 'an error inside a 200 answer keeps what came before', difference('one two', textOf(outcome.events)))
  checks.add('W6', 'an error inside a 200 answer does not tell the key', secretIn(outcome.error))
  const whole = await bench.ask({ headersFirst: true, steps: [{ error: { kind: 'server' } }] }, { whole: true })
  checks.add('W5', 'an error inside a whole 200 answer', kindProblem(whole, 'server'))
}

/** Whether the key shows anywhere in a value: fields, causes, stack. */
export function secretIn(value: unknown): string | undefined {
  const text = inspect(value, { depth: 20, maxStringLength: 1_000_000, maxArrayLength: 10_000, showHidden: true })
  return text.includes(KIT_KEY) ? 'the key is in it' : undefined
}
