import { type Completion, type DetachedEnd, detachedEndNote, type FactKey, fact } from '@cepa/core'
import type { NamedLayer } from '../stage/layers.ts'
import { patiently } from '../stage/patience.ts'
import { watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import type { SubjectMaker, Told } from './scenario.ts'

const boughtFor: FactKey<string, 'boughtFor', 'out', true> = fact('boughtFor', 'out')

/** A fact that only the detached call's passes give. */
const giver: NamedLayer = {
  name: 'giver',
  make: watching({
    gives: [boughtFor],
    hooks: { end: (call) => (call.detached === undefined ? undefined : call.give(boughtFor, call.detached)) },
  }),
}

/** Sees what facts the caller's own call ends with. */
const factReader = (world: World): NamedLayer => ({
  name: 'factReader',
  make: watching({
    reads: [boughtFor],
    hooks: { end: (call) => void world.notes.set('fact', (call.facts as { boughtFor?: string }).boughtFor) },
  }),
})

/** Buys an answer for later in a detached call, and lets the caller's own go on. */
export const refreshing: SubjectMaker = (world) => ({
  outside: [factReader(world)],
  inside: [giver],
  subject: {
    name: 'subject',
    make: watching({
      handle: async (call, next) => {
        const apart = call.detach('refresh')
        const bought = next(apart).then((reply) => reply.result())
        bought.catch(() => undefined)
        world.notes.set('detached', apart)
        world.notes.set('bought', bought)
        await world.gates.reached('headers', 0)
        return next(call)
      },
    }),
    controls: true,
  },
})

const bought = (world: World): Promise<Completion> => world.notes.get('bought') as Promise<Completion>

/** Whether each layer outside of the subject, and no other, was told how the detached call ended. */
function toldOfEnd({ layers, log }: World): boolean {
  return layers.every(({ name, zone }) => {
    const told = log.passes
      .filter(({ layer, call }) => layer === name && call.detached === undefined)
      .flatMap(({ notes, call }) => notes.filter(detachedEndNote.is).map(({ value }): boolean => isOf(value, call.id)))
    return zone === 'outside' ? told.length === 1 && told[0] === true : told.length === 0
  })
}

const isOf = ({ reason, parentId, call }: DetachedEnd, id: string): boolean =>
  reason === 'refresh' && parentId === id && call.id !== id && call.detached === 'refresh'

/** Opens the gates for the detached call. */
export const goOn = ({ gates }: World): void => {
  gates.open('first', 0)
  gates.open('middle', 0)
}

/** Waits until the detached call is over, and tells of it. */
export async function afterwards(world: World, told: Told): Promise<Told> {
  const detached = await patiently(
    world.column.via,
    'the detached call',
    bought(world).then(
      ({ text }) => text.toLowerCase(),
      (error: Error) => error.name,
    ),
  )
  await world.clock.settle()
  const seenFact = world.notes.get('fact') ?? 'nothing'
  return { ...told, told: { detached, outsideKnows: toldOfEnd(world), fact: seenFact } }
}
