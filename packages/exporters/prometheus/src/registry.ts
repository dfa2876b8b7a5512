import { OptionError } from '@cepa/core'
import type { Naming } from './exposition.ts'
import type { Labels, MetricFamily, View } from './family.ts'

/** What is used of a registry of prom-client: its own, or any that takes the same metrics. */
export interface PromClientRegistry {
  registerMetric(metric: never): void
}

/** A value as prom-client takes it. */
interface ClientValue {
  readonly metricName?: string
  readonly labels: Labels
  readonly value: number
}

/**
 * A metric as prom-client's registries ask it: its values are made when they are asked for. The registry may change the name, which for
 * OpenMetrics is without `_total`.
 *
 * @see https://github.com/siimon/prom-client/blob/v15.1.3/lib/registry.js
 */
class ClientMetric {
  name: string
  readonly help: string
  readonly type: MetricFamily['type']
  /** How a cluster's processes are put together. */
  readonly aggregator: 'sum' | 'max'
  readonly #values: () => readonly ClientValue[]

  constructor(family: MetricFamily, name: string, values: () => readonly ClientValue[]) {
    this.name = name
    this.help = family.help
    this.type = family.type
    this.aggregator = family.name === 'provider_state' ? 'max' : 'sum'
    this.#values = values
  }

  async get(): Promise<object> {
    const { name, help, type, aggregator } = this
    return { name, help, type, aggregator, values: this.#values() }
  }

  /** The numbers are telemetry's, and `telemetry.resetMetrics()` forgets them. */
  reset(): void {}
}

const present = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined))

/**
 * Puts every family into a registry.
 *
 * @throws {OptionError} where the registry has a metric of that name.
 */
export function feed(
  registry: PromClientRegistry,
  families: readonly MetricFamily[],
  { look, naming }: { readonly look: () => View; readonly naming: Naming },
): void {
  for (const family of families) {
    const name = `${naming.prefix}${family.name}`
    const values = (): readonly ClientValue[] =>
      family.samples(look()).map(({ suffix, labels, own, value }) => ({
        ...(suffix !== undefined && { metricName: `${name}${suffix}` }),
        labels: present({ ...naming.labels, ...labels, ...(own && { [own[0]]: own[1] }) }),
        value,
      }))
    try {
      registry.registerMetric(new ClientMetric(family, name, values) as never)
    } catch (error) {
      const remedy = `it refused ${name} (${(error as Error).message}); give another prefix, or register once`
      throw new OptionError({ owner: 'prometheus', field: 'registry', value: 'a registry', remedy })
    }
  }
}
