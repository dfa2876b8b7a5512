import { type Call, type FactKey, fact, type Handler, type Reply } from '@cepa/core'
import { type Hooks, watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import type { SubjectMaker } from './scenario.ts'

/** Tries until content comes or the tries are used up. */
const retrying =
  (tries: number) =>
  async (call: Call, next: Handler): Promise<Reply> => {
    for (let left = tries - 1; ; left--) {
      try {
        const reply = await next(call)
        await reply.peek()
        return reply
      } catch (error) {
        if (left === 0) throw error
      }
    }
  }

/** A subject that tries again. */
export const retry = (tries = 2): ReturnType<SubjectMaker> => ({
  subject: {
    name: 'subject',
    make: watching({ traits: { repeats: true }, handle: retrying(tries) }),
    controls: true,
  },
})

const tenant: FactKey<string, 'tenant', 'in', true> = fact('tenant', 'in')
const lostBy: FactKey<string, 'lostBy', 'out', true> = fact('lostBy', 'out')
const endedBy: FactKey<number, 'endedBy', 'out', true> = fact('endedBy', 'out')
const mood: FactKey<string, 'mood', 'out', true> = fact('mood', 'out')

interface TryFacts {
  readonly tenant?: string
  readonly lostBy?: string
  readonly endedBy?: number
  readonly mood?: string
}

/** What the layer inside of the retry sees and gives at the end of each try. */
const tryHooks = (world: World): Hooks => {
  let tries = 0
  return {
    end: (call, { kind }) => {
      tries++
      if (kind === 'failed') call.give(lostBy, 'the first try')
      call.give(endedBy, tries)
      const { tenant: inward = 'nothing', mood: outward = 'nothing' } = call.facts as TryFacts
      const seen = (world.notes.get('inside') as string[] | undefined) ?? []
      world.notes.set('inside', [...seen, `${inward}, ${outward}`])
    },
  }
}

/** An in-fact goes into every try, an out-fact of the retry's own into none; outward go those of the try that answered. */
export const retryWithFacts: SubjectMaker = (world) => ({
  outside: [
    {
      name: 'reader',
      make: watching({
        reads: [lostBy, endedBy],
        gives: [tenant],
        hooks: {
          provide: (call) => call.give(tenant, 'acme'),
          end: (call) => void world.notes.set('outside', { ...(call.facts as object) }),
        },
      }),
    },
  ],
  subject: {
    name: 'subject',
    make: watching({
      traits: { repeats: true },
      gives: [mood],
      handle: (call, next) => {
        call.give(mood, 'hopeful')
        return retrying(2)(call, next)
      },
    }),
    controls: true,
  },
  inside: [{ name: 'giver', make: watching({ reads: [tenant], gives: [lostBy, endedBy], hooks: tryHooks(world) }) }],
})

/** What must be seen of the facts, by {@link factsOfTries}. */
export const SEEN_FACTS: Readonly<Record<string, unknown>> = {
  ofTheLosingTry: 'nothing',
  ofTheAnsweringTry: 2,
  inside: ['acme, nothing', 'acme, nothing'],
}

/** What was seen of the facts of tries. */
export function factsOfTries({ notes }: World): Readonly<Record<string, unknown>> {
  const { lostBy: lostFact = 'nothing', endedBy: endedFact } = notes.get('outside') as TryFacts
  return { ofTheLosingTry: lostFact, ofTheAnsweringTry: endedFact, inside: notes.get('inside') }
}
