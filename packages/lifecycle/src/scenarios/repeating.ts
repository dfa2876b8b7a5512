import { type Call, type FactKey, fact, type Handler, type Reply } from '@cepa/core'
import type { AnswerChange } from '../stage/answer.ts'
import { completing, readAll } from '../stage/consumer.ts'
import { watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import { aborted, allEnd, done, type Expectation, failed, lost } from './expectation.ts'
import type { Part, Scenario, ScenarioGroup, SubjectMaker } from './scenario.ts'

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

const retry = (tries = 2): ReturnType<SubjectMaker> => ({
  subject: {
    name: 'subject',
    make: watching({ traits: { repeats: true }, handle: retrying(tries) }),
    controls: true,
  },
})

const both = (part: Omit<Part, 'act'>): Pick<Scenario, 'stream' | 'whole'> => ({
  stream: { ...part, act: readAll },
  whole: { ...part, act: completing },
})

const SERVER = 'ProviderError server'

/** The first try ends like this, the second answers. */
const secondTry = (first: ReturnType<typeof failed>, upstream: Expectation['upstream'][number]): Expectation => ({
  caller: { how: 'done', pieces: 4 },
  layers: { inside: [first, done()], everywhere: done() },
  attempts: [lost(first), done()],
  upstream: [upstream, { outcome: 'ended', pieces: 4 }],
})

const onlyFirst =
  (change: AnswerChange) =>
  (_world: World, index: number): AnswerChange =>
    index === 0 ? change : {}

const IDLE = 'TimeoutError idle of limit'
const IDLE_MS = 1_000

/** The limit stands inside the retry: it ends a try as failed, which may then be made again. */
const retryAroundLimit: SubjectMaker = () => ({
  ...retry(),
  inside: [
    {
      name: 'limit',
      make: watching({ handle: (call, next) => next(call.with({ idleMs: IDLE_MS })) }),
      controls: true,
    },
  ],
})

const TIMED_OUT: Expectation = {
  caller: { how: 'done', pieces: 4 },
  layers: {
    named: { limit: [failed(IDLE), done()] },
    inside: [aborted(0, { error: IDLE }), done()],
    everywhere: done(),
  },
  attempts: [lost(aborted(0, { error: IDLE })), done()],
  upstream: [
    { outcome: 'closed', pieces: 0 },
    { outcome: 'ended', pieces: 4 },
  ],
  atMs: IDLE_MS,
}

const firstWaits = async (world: World): Promise<void> => {
  await world.gates.reached('first', 0)
  await world.upstream.carried()
  await world.clock.advance(IDLE_MS)
}

const tenant: FactKey<string, 'tenant', 'in', true> = fact('tenant', 'in')
const triedBy: FactKey<number, 'triedBy', 'out', true> = fact('triedBy', 'out')

/** An in-fact goes into every try; an out-fact that only the losing try gave goes nowhere. */
const retryWithFacts: SubjectMaker = (world) => ({
  ...retry(),
  outside: [
    {
      name: 'reader',
      make: watching({
        reads: [triedBy],
        gives: [tenant],
        hooks: {
          provide: (call) => call.give(tenant, 'acme'),
          end: (call) => void world.notes.set('outside', { ...(call.facts as object) }),
        },
      }),
    },
  ],
  inside: [
    {
      name: 'giver',
      make: watching({
        reads: [tenant],
        gives: [triedBy],
        hooks: {
          end: (call, { kind }) => {
            if (kind === 'failed') call.give(triedBy, 1)
            const seen = (world.notes.get('tenants') as string[] | undefined) ?? []
            world.notes.set('tenants', [...seen, (call.facts as { tenant: string }).tenant])
          },
        },
      }),
    },
  ],
})

const withFacts =
  (act: Part['act']): Part['act'] =>
  async (world) => {
    const told = await act(world)
    const { triedBy: seen } = world.notes.get('outside') as { triedBy?: number }
    return { ...told, told: { ofTheLosingTry: seen ?? 'nothing', tenants: world.notes.get('tenants') } }
  }

export const REPEATING: ScenarioGroup = {
  title: 'A layer that repeats, with layers inside and outside',
  scenarios: [
    {
      id: 'retry-refused',
      title: 'the first try is refused, the second answers',
      rules: ['P1', 'P6', 'A1', 'E3'],
      ...both({
        subject: () => retry(),
        answer: onlyFirst({ rest: { failure: { status: 500 } } }),
        expect: secondTry(failed(SERVER), { outcome: 'failed' }),
      }),
    },
    {
      id: 'retry-first-event',
      title: 'the first try fails with its first event, the second answers',
      rules: ['A1', 'R5', 'E3'],
      ...both({
        subject: () => retry(),
        answer: onlyFirst({ steps: [{ error: { kind: 'server' } }] }),
        expect: secondTry(failed(SERVER), { outcome: 'failed', pieces: 0 }),
      }),
    },
    {
      id: 'retry-after-limit',
      title: 'the first try meets a limit that stands inside, the second answers',
      rules: ['E2', 'E7', 'A1'],
      stream: {
        hold: ['first#0'],
        subject: retryAroundLimit,
        act: async (world) => {
          const told = readAll(world)
          await firstWaits(world)
          return told
        },
        expect: TIMED_OUT,
      },
      whole: {
        hold: ['first#0'],
        subject: retryAroundLimit,
        act: (world) => completing(world, () => firstWaits(world)),
        expect: TIMED_OUT,
      },
    },
    {
      id: 'retry-used-up',
      title: 'all tries are refused',
      rules: ['A1', 'E2'],
      ...both({
        subject: () => retry(),
        answer: { rest: { failure: { status: 500 } } },
        expect: {
          caller: { how: `rejected ${SERVER}` },
          layers: { inside: [failed(SERVER), failed(SERVER)], everywhere: failed(SERVER) },
          attempts: [lost(failed(SERVER)), lost(failed(SERVER))],
          upstream: [{ outcome: 'failed' }, { outcome: 'failed' }],
        },
      }),
    },
    {
      id: 'retry-not-after-content',
      title: 'content has passed before the error: no second try',
      rules: ['R5', 'E1'],
      stream: {
        subject: () => retry(),
        answer: { middle: [{ error: { kind: 'server' } }] },
        act: readAll,
        expect: allEnd(`threw ${SERVER}`, failed(SERVER, 2), { outcome: 'failed', pieces: 2 }),
      },
      whole: 'a whole answer that holds an error has no content before it',
    },
    {
      id: 'retry-facts',
      title: 'facts of a try that lost stay inside, in-facts reach every try',
      rules: ['P4', 'P6'],
      stream: {
        subject: retryWithFacts,
        answer: onlyFirst({ rest: { failure: { status: 500 } } }),
        act: withFacts(readAll),
        expect: {
          ...secondTry(failed(SERVER), { outcome: 'failed' }),
          told: { ofTheLosingTry: 'nothing', tenants: ['acme', 'acme'] },
        },
      },
      whole: {
        subject: retryWithFacts,
        answer: onlyFirst({ rest: { failure: { status: 500 } } }),
        act: withFacts(completing),
        expect: {
          ...secondTry(failed(SERVER), { outcome: 'failed' }),
          told: { ofTheLosingTry: 'nothing', tenants: ['acme', 'acme'] },
        },
      },
    },
  ],
}
