import type { Scenario } from './scenario.ts'

/** A scenario that is about what happens in process alone, and why. */
export const inProcessOnly =
  (reason: string): NonNullable<Scenario['not']> =>
  ({ via }) =>
    via === 'http' ? reason : undefined

/** Nothing of it is ever sent. */
export const noRequest: NonNullable<Scenario['not']> = inProcessOnly('no request reaches the provider; see in process')

/** Why a scenario of streams has no whole answer. */
export const NO_READER = 'a whole answer is read by the engine; its caller asks for no events'
export const NO_CONSUMER = 'a whole answer is read by the engine; nobody is busy between its events'
export const NO_REPLY = 'the caller of a whole answer holds no reply that it could leave or forget'
