import type { Usage } from '@cepa/core'
import type { Column } from '../matrix/column.ts'
import type { Account } from '../stage/account.ts'
import { FINAL_USAGE, RUNNING_USAGE, textOfPieces } from '../stage/answer.ts'
import { attemptLabel, callerLabel, type EndedAs, endingLabel, upstreamLabel, usageLabel } from '../stage/labels.ts'
import type { PlacedLayer } from '../stage/layers.ts'
import { NOTHING_LEFT } from '../stage/leftovers.ts'
import type {
  AttemptSpec,
  ByVia,
  Expectation,
  FaultSpec,
  KnownUsage,
  LayerSpecs,
  Passes,
  PassSpec,
} from './expectation.ts'

interface Context {
  readonly expectation: Expectation
  readonly column: Column
  readonly layers: readonly PlacedLayer[]
  /** Whether the adapter tells usage before the finish. */
  readonly tellsRunningUsage: boolean
  /** Whether a guest hears what no other layer would. */
  readonly guestHears: boolean
}

const USAGES: Readonly<Record<KnownUsage, Usage | undefined>> = {
  none: undefined,
  running: { ...RUNNING_USAGE, source: 'provider' },
  final: { ...FINAL_USAGE, source: 'provider' },
  cache: { ...FINAL_USAGE, source: 'cache' },
}

const via = <T extends string | number>(value: ByVia<T>, { column }: Context): T =>
  typeof value === 'object' ? value[column.via] : value

/** The provider tells usage after its first piece, and with its end; a whole answer has the latter only. */
function usageOf({ usage, kind, pieces = 0 }: PassSpec, context: Context): string {
  const byDefault = kind === 'done' ? 'final' : via(pieces, context) >= 2 ? 'running' : 'none'
  const told = via(usage ?? byDefault, context)
  return usageLabel(told === 'running' && !context.tellsRunningUsage ? undefined : USAGES[told])
}

function endedAs(spec: PassSpec, context: Context, loud: boolean): EndedAs {
  const {
    kind,
    pieces = 0,
    text = textOfPieces(via(pieces, context)),
    error,
    atMs = context.expectation.atMs ?? 0,
  } = spec
  return {
    kind,
    text: loud ? text.toUpperCase() : text,
    usage: usageOf(spec, context),
    ...(error !== undefined && { error: via(error, context) }),
    atMs,
  }
}

const listOf = (passes: Passes): readonly PassSpec[] => ('kind' in passes ? [passes] : passes)

function passesOf(specs: LayerSpecs, { name, zone, stretch }: PlacedLayer): readonly PassSpec[] {
  const fitting =
    specs.named?.[name] ?? specs[zone] ?? (stretch === 0 ? specs.firstStretch : undefined) ?? specs.everywhere ?? []
  return listOf(fitting)
}

function attemptOf(spec: AttemptSpec, context: Context): string {
  const { won = true, reason, detached } = spec
  const label = attemptLabel(endedAs(spec, context, false), { won, ...(reason !== undefined && { reason }) })
  return detached ? `detached: ${label}` : label
}

function faultsOf({ hook, reportedOnly }: FaultSpec, { layers, guestHears }: Context): readonly string[] {
  const outside = layers.filter(({ zone }) => zone === 'outside').reverse()
  if (reportedOnly || (outside.length === 0 && !guestHears)) return [`subject.${hook} reported`]
  return outside.map(({ name }) => `subject.${hook} heard by ${name}`)
}

/** What a scenario must come to in one cell, spelt out layer by layer. */
export function expectedAccount(context: Context): Account {
  const { expectation, layers } = context
  const { caller, upstream, faults = [], told = {}, atMs = 0 } = expectation
  return {
    caller: callerLabel(
      via(caller.how, context),
      (caller.text ?? textOfPieces(via(caller.pieces ?? 0, context))).toUpperCase(),
    ),
    layers: Object.fromEntries(
      layers.map((layer) => [
        layer.name,
        passesOf(expectation.layers, layer).map((spec) => endingLabel(endedAs(spec, context, layer.loud))),
      ]),
    ),
    attempts: expectation.attempts.map((spec) => attemptOf(spec, context)),
    upstream: upstream.map(({ outcome, pieces, atMs: at = atMs }) => {
      const inputTokens = pieces === undefined ? 0 : FINAL_USAGE.inputTokens
      return upstreamLabel(via(outcome, context), { inputTokens, outputTokens: via(pieces ?? 0, context) }, at)
    }),
    faults: faults.flatMap((fault) => faultsOf(fault, context)),
    told,
    broken: [],
    left: NOTHING_LEFT,
  }
}
