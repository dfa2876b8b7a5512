import { type AnyMiddleware, type ChatRequest, OptionError } from '@cepa/core'
import { outcomeOf } from '../collect.ts'
import { fakeProvider } from '../fake-provider.ts'
import { virtualClock } from '../virtual-clock.ts'
import { assembled } from './bench.ts'
import type { MiddlewareKitOptions } from './middleware-options.ts'
import { unplain } from './plain.ts'
import { type Checklist, shown } from './report.ts'

/** What can be said of a middleware before it is called: name, data, options. */
export async function checkStatic(options: MiddlewareKitOptions, checks: Checklist): Promise<void> {
  const layer = options.make(() => undefined)
  const again = options.make(() => undefined)
  checks.add('C8', 'make() gives a new middleware each time', layer === again && 'it gave the same object twice')
  const { name } = options
  checks.add(
    'C2',
    'the name is as told',
    name !== undefined && layer.name !== name && `it is ${layer.name}, not ${name}`,
  )
  checks.add('X1', 'its data is plain', unplain(layer['~spec'].data ?? {}, 'data'))
  checkSecrets(options, layer, checks)
  for (const [index, bad] of (options.badOptions ?? []).entries())
    checks.add('X1', `bad options ${index + 1} are refused`, refusal(bad))
  for (const bad of options.badCallOptions ?? []) await checkCallOptions(options, bad, checks)
}

function checkSecrets(options: MiddlewareKitOptions, layer: AnyMiddleware, checks: Checklist): void {
  if (options.secrets === undefined) return
  const { chat } = stackOf(options, layer)
  const said = `${chat.explain()} ${shownSafely(() => JSON.stringify(chat.explain({ json: true })))} ${layer['~spec'].identity ?? ''}`
  const found = options.secrets.findIndex((secret) => said.includes(secret))
  checks.add('X1', 'no secret shows in explain()', found >= 0 && `secret ${found + 1} is there`)
}

const shownSafely = (say: () => string): string => {
  try {
    return say()
  } catch {
    return ''
  }
}

function refusal(bad: () => unknown): string | undefined {
  try {
    bad()
  } catch (error) {
    return error instanceof OptionError ? undefined : `it threw ${shown(error)} instead of an OptionError`
  }
  return 'they were accepted'
}

async function checkCallOptions(options: MiddlewareKitOptions, bad: unknown, checks: Checklist): Promise<void> {
  const layer = options.make(() => undefined)
  const { chat, provider, clock } = stackOf(options, layer)
  const request: ChatRequest = options.request ?? { model: 'kit-model', messages: [] }
  const layers = { [layer.name]: bad } as object
  const { error } = await clock.runUntil(outcomeOf(chat.complete(request, { layers })))
  const wrong =
    error === undefined ? 'they were accepted' : `the call failed with ${shown(error)} instead of an OptionError`
  checks.add('X1', `bad per-call options ${shown(bad)} are refused`, !(error instanceof OptionError) && wrong)
  checks.add(
    'X1',
    `bad per-call options ${shown(bad)} fail before anything is sent`,
    provider.ledger.length > 0 && 'the provider was asked',
  )
}

function stackOf(options: MiddlewareKitOptions, layer: AnyMiddleware) {
  const clock = virtualClock()
  const provider = fakeProvider()
  const layers = [...(options.outside?.() ?? []), layer, ...(options.inside?.() ?? [])]
  return { clock, provider, chat: assembled(provider, layers, { clock, report: () => undefined }) }
}
