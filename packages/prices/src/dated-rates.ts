import type { DatedRates, ModelPrices } from './price-data.ts'
import type { Rates } from './rates.ts'

const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|([+-])(\d{2}):(\d{2}))$/

const SECONDS_PER_DAY = 86_400

/** Whether a value is a time of day with its zone. */
export const checkTime = (value: unknown): value is string => typeof value === 'string' && TIME.test(value)

/** Seconds since midnight UTC. */
function secondsOf(time: string): number {
  const [, hours, minutes, seconds, sign, zoneHours = 0, zoneMinutes = 0] = TIME.exec(time) ?? []
  const local = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60 * (sign === '-' ? -1 : 1)
  return (local - offset + SECONDS_PER_DAY) % SECONDS_PER_DAY
}

function holds({ constraint }: DatedRates, epochMs: number): boolean {
  if (constraint === undefined) return true
  if ('start_date' in constraint) return epochMs >= Date.parse(constraint.start_date)
  const now = (epochMs / 1000) % SECONDS_PER_DAY
  const from = secondsOf(constraint.start_time)
  const to = secondsOf(constraint.end_time)
  return from <= to ? now >= from && now < to : now >= from || now < to
}

/** The rates of a model at a time: the last that hold, else the first, which are the oldest. */
export function ratesAt({ prices }: ModelPrices, epochMs: number): Rates {
  if (!Array.isArray(prices)) return prices as Rates
  const dated = prices as readonly DatedRates[]
  return (dated.findLast((each) => holds(each, epochMs)) ?? dated[0])?.prices ?? {}
}
