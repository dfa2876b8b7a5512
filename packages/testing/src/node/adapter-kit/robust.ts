import { textOf, timeless } from '../../collect.ts'
import { type Checklist, difference, shown } from '../../kit/report.ts'
import type { Fault, Network } from '../../network.ts'
import type { AdapterBench, Outcome } from './bench.ts'
import { RICH_TEXT, richAnswer, said } from './content.ts'

const WAYS: readonly (readonly [what: string, network: Network])[] = [
  ['one byte at a time', { cut: 1 }],
  ['in pieces of 7 bytes', { cut: 7 }],
  ['all at once', { cut: 1_000_000 }],
  ['with CR LF', { lineEnd: '\r\n', cut: 3 }],
  ['with CR', { lineEnd: '\r' }],
  ['with a byte order mark', { byteOrderMark: true }],
  ['with comments between', { keepAlive: ' keep-alive' }],
  ['without the space behind the colon', { noSpace: true }],
  ['without the last empty line', { noFinalNewline: true }],
  ['as gzip', { encoding: 'gzip', cut: 5 }],
  ['as deflate', { encoding: 'deflate' }],
  ['as br', { encoding: 'br' }],
]

/** Rule W7: the same events, however the bytes travel. */
export async function checkTravel(bench: AdapterBench, checks: Checklist): Promise<void> {
  const script = richAnswer(bench)
  const plain = await bench.ask(script)
  for (const [what, network] of WAYS) {
    const outcome = await bench.ask({ ...script, network })
    const detail = outcome.error ? shown(outcome.error) : difference(timeless(plain.events), timeless(outcome.events))
    checks.add('W7', `the same events ${what}`, detail)
  }
  const steps = script.steps ?? []
  const strange = {
    ...script,
    steps: [...steps.slice(0, 1), { raw: { type: 'kit.unknown', kit: [1, { deep: true }] } }, ...steps.slice(1)],
  }
  const outcome = await bench.ask(strange)
  checks.add(
    'W7',
    'an event that it does not know does no harm',
    outcome.error ? shown(outcome.error) : difference(said(plain), said(outcome)),
  )
}

const FAULTS: readonly (readonly [what: string, fault: (at: number) => Fault, kinds: readonly string[]])[] = [
  ['ends cleanly', (endAtByte) => ({ endAtByte }), ['truncated']],
  ['is half closed', (halfCloseAtByte) => ({ halfCloseAtByte }), ['truncated', 'network']],
  ['is reset', (resetAtByte) => ({ resetAtByte }), ['truncated', 'network']],
]

/** Into how many parts an answer is divided to be broken off at each. */
const PARTS = 8

/** Rule W4: an answer that breaks off is an error, never a success, and what had come stays. */
export async function checkBrokenOff(bench: AdapterBench, checks: Checklist): Promise<void> {
  const script = richAnswer(bench)
  for (const whole of [false, true]) {
    const complete = await bench.ask(script, { whole })
    const bytes = complete.entry?.bytesDecoded ?? 0
    for (const [what, fault, kinds] of FAULTS) {
      for (let part = 0; part < PARTS; part++) {
        const at = Math.floor((bytes * part) / PARTS)
        const outcome = await bench.ask({ ...script, network: { fault: fault(at) } }, { whole })
        const allowed = whole ? [...kinds, 'malformed'] : kinds
        const name = `${whole ? 'whole' : 'stream'}: the body ${what} after ${part}/${PARTS}`
        checks.add('W4', name, brokenOffProblem(outcome, { complete, allowed, early: part <= PARTS / 2 }))
      }
    }
  }
}

function brokenOffProblem(
  outcome: Outcome,
  { complete, allowed, early }: { complete: Outcome; allowed: readonly string[]; early: boolean },
): string | undefined {
  const { error, completion, events } = outcome
  if (!RICH_TEXT.startsWith(textOf(events)))
    return `its text is no beginning of what was sent: ${shown(textOf(events))}`
  if (completion) return early ? 'it counts as a success' : difference(said(complete), said(outcome))
  const { name, kind } = error as Error & { kind?: string }
  if (kind === undefined || !allowed.includes(kind))
    return `it is ${shown(error)} of kind ${kind}, not ${allowed.join(' or ')}`
  return name === 'ProviderError' ? undefined : `it is a ${name}`
}
