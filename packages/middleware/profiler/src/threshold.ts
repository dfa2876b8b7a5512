import type { Answerer } from './answerer.ts'
import type { ProfilerOptions } from './options.ts'

const own = (table: Readonly<Record<string, number>> | undefined, key: string): number | undefined =>
  table && Object.hasOwn(table, key) ? table[key] : undefined

/**
 * From how many milliseconds on a call of this model is slow: by provider and model, else by model, else by provider, else by `slowMs`;
 * `Infinity` where it never is.
 */
export function thresholdFor({ slowMs, slow }: ProfilerOptions, { provider, model }: Answerer): number {
  const ms =
    own(slow?.models, `${provider}/${model}`) ?? own(slow?.models, model) ?? own(slow?.providers, provider) ?? slowMs
  return ms === undefined || ms === false ? Number.POSITIVE_INFINITY : ms
}
