import type { Attempt, Call } from '@cepa/core'

/** Who answered a call. */
export interface Answerer {
  readonly provider: string
  readonly model: string
}

/** Whom a call leads to before anybody has been asked. */
export function askedBy({ provider, request: { model } }: Call): Answerer {
  // outside of a route the name of the target still stands in front of the model
  const prefix = `${provider}/`
  return { provider, model: model.startsWith(prefix) ? model.slice(prefix.length) : model }
}

const answering = (attempts: readonly Attempt[]): Attempt | undefined =>
  attempts.find(({ won }) => won) ?? attempts.at(-1)

/** Who answered: of the attempt that won, else of the last one, else whom the call leads to: a cache hit has no attempt. */
export const answererOf = (call: Call): Answerer => answering(call.attempts) ?? askedBy(call)
