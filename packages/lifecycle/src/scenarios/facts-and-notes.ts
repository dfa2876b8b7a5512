import { ContractError, type FactKey, fact, type NoteKey, noteKey } from '@cepa/core'
import { errorLabel } from '../stage/labels.ts'
import { type Hooks, watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import { bothTelling } from './both-modes.ts'
import { type Expectation, READ_TO_END } from './expectation.ts'
import type { ScenarioGroup, SubjectMaker } from './scenario.ts'

const tenant: FactKey<string, 'tenant', 'in', true> = fact('tenant', 'in')
const score: FactKey<number, 'score', 'out', true> = fact('score', 'out')
const remark: NoteKey<string> = noteKey('remark')

/** The subject gives a fact each way; a layer on either side looks at both, when it starts and when it ends. */
const givingBothWays: SubjectMaker = (world) => {
  const looking = (where: string): Hooks => ({
    start: (call) => {
      const { tenant: seen } = call.facts as { tenant?: string }
      world.notes.set(`${where} at start`, seen ?? 'nothing')
      return undefined
    },
    end: (call) => {
      const { score: seen } = call.facts as { score?: number }
      world.notes.set(`${where} at end`, seen ?? 'nothing')
    },
  })
  const hooks: Hooks = {
    provide: (call) => call.give(tenant, 'acme'),
    end: (call) => call.give(score, 7),
  }
  return {
    outside: [{ name: 'outsider', make: watching({ reads: [score], hooks: looking('outside') }) }],
    subject: { name: 'subject', make: watching({ gives: [tenant, score], hooks }) },
    inside: [{ name: 'insider', make: watching({ reads: [tenant], hooks: looking('inside') }) }],
  }
}

/** Facts of the two sides of the subject; where what is inside is a pipeline of its own, they cross its border. */
const acrossSubject: SubjectMaker = (world) => ({
  outside: [
    {
      name: 'outsider',
      make: watching({
        gives: [tenant],
        reads: [score],
        hooks: {
          provide: (call) => call.give(tenant, 'acme'),
          end: (call) => void world.notes.set('outside', (call.facts as { score?: number }).score ?? 'nothing'),
        },
      }),
    },
  ],
  subject: { name: 'subject', make: watching() },
  inside: [
    {
      name: 'insider',
      make: watching({
        reads: [tenant.optional],
        gives: [score],
        hooks: {
          start: (call) => void world.notes.set('inside', (call.facts as { tenant?: string }).tenant ?? 'nothing'),
          end: (call) => call.give(score, 7),
        },
      }),
    },
  ],
})

const looks = ({ notes }: World): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    ['outside at start', 'inside at start', 'outside at end', 'inside at end'].map((look) => [look, notes.get(look)]),
  )

/** The subject gives a fact that it may not give there; it keeps the error, so that the call goes on. */
const givingWrongly = (hooks: (give: (run: () => void) => void) => Hooks): SubjectMaker => {
  return (world) => {
    const give = (run: () => void): void => {
      if (world.notes.has('refused')) return
      try {
        run()
        world.notes.set('refused', 'was allowed')
      } catch (error) {
        world.notes.set('refused', error instanceof ContractError ? errorLabel(error) : 'by another error')
      }
    }
    return { subject: { name: 'subject', make: watching({ gives: [tenant], hooks: hooks(give) }) } }
  }
}

const REFUSED: Expectation = { ...READ_TO_END, told: { refused: 'ContractError P4 of subject' } }

const refusal = ({ notes }: World): Readonly<Record<string, unknown>> => ({ refused: notes.get('refused') })

/** The subject says something when its pass starts, in the middle and when it ends. */
const remarking: SubjectMaker = (world) => ({
  subject: {
    name: 'subject',
    make: watching({
      hooks: {
        firstToken: (call) => call.emit(remark, 'first token'),
        end: (call) => {
          world.notes.set('heard', call.hears())
          call.emit(remark, 'end')
        },
      },
    }),
  },
})

/** What each layer heard: all that stand outside the subject, from it, in order, and no other. */
function heardOutside({ layers, log, notes, guestHears }: World): Readonly<Record<string, unknown>> {
  const outside = layers.filter(({ zone }) => zone === 'outside')
  const heardBy = (name: string): string =>
    log.passes
      .filter(({ layer }) => layer === name)
      .flatMap((pass) => pass.notes.filter(remark.is))
      .map(({ value, from }) => `${value} from ${from}`)
      .join(', ')
  return {
    outside: outside.every(({ name }) => heardBy(name) === 'first token from subject, end from subject'),
    others: layers.filter(({ zone }) => zone !== 'outside').every(({ name }) => heardBy(name) === ''),
    hears: notes.get('heard') === (outside.length > 0 || guestHears),
  }
}

/** Each layer hears of every attempt inside of it: that it started, and that it ended. */
function attemptsHeard({ layers, log }: World): Readonly<Record<string, unknown>> {
  const heard = layers.map(({ name }) =>
    log.passes
      .filter(({ layer }) => layer === name)
      .flatMap((pass) => pass.notes.map(({ key, from }) => `${key.name} from ${from}`))
      .join(', '),
  )
  return { same: new Set(heard).size === 1, heard: heard[0]?.replaceAll(/adapter:\w+/g, 'the adapter') }
}

export const FACTS_AND_NOTES: ScenarioGroup = {
  title: 'Facts and notes',
  scenarios: [
    {
      id: 'facts-travel',
      title: 'in-facts go inward from provide, out-facts outward at the end',
      rules: ['P4', 'P1'],
      ...bothTelling(
        {
          subject: givingBothWays,
          expect: {
            ...READ_TO_END,
            told: {
              'outside at start': 'nothing',
              'inside at start': 'acme',
              'outside at end': 7,
              'inside at end': 'nothing',
            },
          },
        },
        looks,
      ),
    },
    {
      id: 'facts-through-a-pipeline',
      title: 'facts go past a layer that does not know them',
      rules: ['P4', 'P6'],
      ...bothTelling(
        { subject: acrossSubject, expect: { ...READ_TO_END, told: { inside: 'acme', outside: 7 } } },
        ({ notes }) => ({ inside: notes.get('inside'), outside: notes.get('outside') }),
      ),
    },
    {
      id: 'fact-not-declared',
      title: 'a layer gives a fact that it does not declare',
      rules: ['P4'],
      ...bothTelling(
        {
          subject: givingWrongly((give) => ({ provide: (call) => give(() => call.give(score, 7)) })),
          expect: REFUSED,
        },
        refusal,
      ),
    },
    {
      id: 'in-fact-late',
      title: 'a layer gives an in-fact when the way in is over',
      rules: ['P4'],
      ...bothTelling(
        {
          subject: givingWrongly((give) => ({ event: (call) => give(() => call.give(tenant, 'acme')) })),
          expect: REFUSED,
        },
        refusal,
      ),
    },
    {
      id: 'notes-go-outward',
      title: 'a note of a layer reaches the layers outside, and no other',
      rules: ['N1'],
      ...bothTelling(
        { subject: remarking, expect: { ...READ_TO_END, told: { outside: true, others: true, hears: true } } },
        heardOutside,
      ),
    },
    {
      id: 'attempts-are-told',
      title: 'every layer hears of an attempt inside of it, once',
      rules: ['N1', 'A1'],
      ...bothTelling(
        {
          expect: {
            ...READ_TO_END,
            told: { same: true, heard: 'attempt-start from the adapter, attempt-end from the adapter' },
          },
        },
        attemptsHeard,
      ),
    },
  ],
}
