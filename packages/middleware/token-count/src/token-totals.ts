import { type Adapter, type AnyMiddleware, layersWithin, OptionError } from '@cepa/core'
import { sumTotals, type TokenTotals, type Totals } from './totals.ts'

const TOTALS: unique symbol = Symbol('cepa.tokenTotals')

interface Counting {
  readonly [TOTALS]: Totals
}

/** Lets the totals of a layer be found. */
export const withTotals = <M extends AnyMiddleware>(layer: M, totals: Totals): M =>
  Object.defineProperty(layer, TOTALS, { value: totals })

const counts = (layer: AnyMiddleware): layer is AnyMiddleware & Counting => TOTALS in layer

const isLayer = (target: Adapter | AnyMiddleware): target is AnyMiddleware => '~spec' in target

/**
 * The layers to ask: the target itself; or those of a pipeline's own stack; or, where that has none, of what is nested in it. One that
 * stands further out has counted what those further in have.
 */
function countingLayers(target: Adapter | AnyMiddleware): readonly Totals[] {
  if (isLayer(target)) return counts(target) ? [target[TOTALS]] : []
  const { layers = [] } = target as { readonly layers?: readonly AnyMiddleware[] }
  const own = layers.filter(counts)
  const all = own.length > 0 ? own : layersWithin(target).filter(counts)
  return all.map((layer) => layer[TOTALS])
}

/** What {@link getTokenTotals} takes. */
export interface TokenTotalsOptions {
  /** Begins again at 0 once the totals are read. Default: `false`. */
  readonly reset?: boolean
}

/**
 * The running totals of a `tokenCount()`, or of a pipeline that has one. Of a route, and of a pipeline around others, it is the sum over
 * those inside, unless it has a `tokenCount()` of its own.
 *
 * @throws {OptionError} when there is no `tokenCount()`.
 *
 * @example
 * const { all, by } = getTokenTotals(chat, { reset: true })
 * console.log(all.usd, by['tenant']?.['acme']?.outputTokens)
 */
export function getTokenTotals(target: Adapter | AnyMiddleware, options: TokenTotalsOptions = {}): TokenTotals {
  const found = countingLayers(target)
  if (found.length === 0) {
    throw new OptionError({
      owner: 'getTokenTotals',
      field: 'target',
      value: `${target.name}, which has no tokenCount()`,
      remedy: 'it must be a tokenCount(), or a pipeline or route that has one',
    })
  }
  const totals = sumTotals(found.map((each) => each.read()))
  if (options.reset) for (const each of found) each.reset()
  return totals
}
