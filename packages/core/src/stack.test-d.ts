// What must compile and what must not (rules P4, P5, C2, C3). Compiled by the type check of the tests; never run.

import { expectTypeOf } from 'vitest'
import { request, saying } from '../test/onion.ts'
import {
  type CheckedStack,
  type FactKey,
  fact,
  integer,
  type Middleware,
  middleware,
  oneOf,
  pipeline,
  route,
  stack,
  type Usage,
} from './index.ts'

const idFact = fact<string, 'id', 'in'>('id', 'in')
const usedFact = fact<Usage, 'used', 'out'>('used', 'out')
const adapter = saying('Hi')

const givesId = () => middleware({ name: 'givesId', gives: [idFact], provide: (call) => call.give(idFact, '1') })
const needsId = () => middleware({ name: 'needsId', reads: [idFact], start: (call) => call.facts.id.length })
const mayUseId = () =>
  middleware({ name: 'mayUseId', reads: [idFact.optional], start: (call) => call.facts.id?.length })
const givesUsed = () => middleware({ name: 'givesUsed', gives: [usedFact] })
const readsUsed = () => middleware({ name: 'readsUsed', reads: [usedFact] })
const plain = () => middleware({ name: 'plain' })
declare const maybe: boolean

// ---- P4: facts are typed by reads and gives
middleware({
  name: 'typed',
  reads: [idFact, usedFact],
  start(call) {
    expectTypeOf(call.facts.id).toEqualTypeOf<string>()
    // an out-fact may not be there: the inner layer may not have run
    expectTypeOf(call.facts.used).toEqualTypeOf<Usage | undefined>()
    // @ts-expect-error: it does not read this fact
    call.facts.other
    // @ts-expect-error: a fact is given with a value of its type
    call.give(idFact, 1)
  },
})
middleware({
  name: 'optional',
  reads: [idFact.optional],
  start: (call) => expectTypeOf(call.facts.id).toEqualTypeOf<string | undefined>(),
})
middleware({
  name: 'stateful',
  start: () => ({ count: 1 }),
  event: (_call, _event, state) => expectTypeOf(state).toEqualTypeOf<{ count: number }>(),
  note: (_call, _note, state) => expectTypeOf(state).toEqualTypeOf<{ count: number } | undefined>(),
})

// ---- P5: a required in-fact must be given further out
pipeline(adapter, givesId(), needsId())
pipeline(adapter, givesId(), plain(), needsId())
pipeline({ adapter, layers: [givesId(), needsId()] })
// @ts-expect-error: nobody gives it
pipeline(adapter, needsId())
pipeline(
  adapter,
  // @ts-expect-error: it is given further in
  needsId(),
  givesId(),
)
pipeline({
  adapter,
  layers: [
    // @ts-expect-error: the error stands on the misplaced layer
    needsId(),
    givesId(),
  ],
})

// ---- P5: an optional layer gives nothing for certain, but may itself be optional
pipeline(
  adapter,
  maybe && givesId(),
  // @ts-expect-error: the giver may be absent
  needsId(),
)
pipeline(
  adapter,
  maybe ? givesId() : undefined,
  // @ts-expect-error: the giver may be absent
  needsId(),
)
pipeline(adapter, givesId(), maybe && needsId())
pipeline(
  adapter,
  // @ts-expect-error: an optional reader needs it as well
  maybe && needsId(),
)
pipeline(adapter, false, null, undefined, plain())

// ---- P5: what can be done without need not be there, but if it is given, then further out
pipeline(adapter, mayUseId())
pipeline(adapter, givesId(), mayUseId())
pipeline(adapter, maybe && givesId(), mayUseId())
pipeline(
  adapter,
  // @ts-expect-error: it would never see it
  mayUseId(),
  givesId(),
)
pipeline(adapter, givesId(), mayUseId(), middleware({ name: 'again', gives: [idFact] }))

// ---- P5: an out-fact, if it is given, must be given further in
pipeline(adapter, readsUsed())
pipeline(adapter, readsUsed(), givesUsed())
pipeline(adapter, readsUsed(), maybe && givesUsed())
pipeline(
  adapter,
  givesUsed(),
  // @ts-expect-error: its giver stands further out
  readsUsed(),
)
pipeline(adapter, givesUsed(), readsUsed(), middleware({ name: 'second', gives: [usedFact] }))

// ---- P5: the error is a sentence
expectTypeOf<CheckedStack<[ReturnType<typeof plain>]>[0]>().toExtend<Middleware<'plain'>>()
{
  const checked = null as unknown as CheckedStack<readonly [ReturnType<typeof needsId>]>
  // what the argument would have to be, beside the layer itself
  expectTypeOf(checked[0]).toExtend<"needsId needs the fact 'id': put a layer that always gives it further out">()
  const swapped = null as unknown as CheckedStack<readonly [ReturnType<typeof givesUsed>, ReturnType<typeof readsUsed>]>
  expectTypeOf(swapped[1]).toExtend<"readsUsed reads the fact 'used': the layer that gives it must stand further in">()
  const array = null as unknown as CheckedStack<readonly ReturnType<typeof plain>[]>
  expectTypeOf(
    array[0] as NonNullable<(typeof array)[0]>,
  ).toExtend<'a plain array has no order that can be checked: make it with stack()'>()
  const late = null as unknown as CheckedStack<readonly [ReturnType<typeof mayUseId>, ReturnType<typeof givesId>]>
  expectTypeOf(late[0]).toExtend<"mayUseId reads the fact 'id': the layer that gives it must stand further out">()
}

// ---- P5: a plain array has no order
const list = [givesId(), needsId()]
// @ts-expect-error: use stack()
pipeline(adapter, ...list)
// @ts-expect-error: use stack()
pipeline({ adapter, layers: list })
const shared = stack(givesId(), plain())
pipeline(adapter, ...shared, needsId())
pipeline({ adapter, layers: [...shared, needsId()] })
const misplaced = stack(needsId(), givesId())
// @ts-expect-error: a shared stack is checked where it is used
pipeline(adapter, ...misplaced)

// ---- P5: what a factory states of itself is what counts
const stated = (): Middleware<'stated'> => middleware({ name: 'stated' })
pipeline(
  adapter,
  stated(),
  // @ts-expect-error: `stated` gives nothing
  needsId(),
)
expectTypeOf(idFact).toEqualTypeOf<FactKey<string, 'id', 'in', true>>()

// ---- C2: per-call options are typed by the stack
const tuned = () =>
  middleware({
    name: 'tuned',
    perCall: { mode: oneOf(['a', 'b']), depth: integer({ min: 0 }) },
    start(call) {
      expectTypeOf(call.options).toEqualTypeOf<{ mode: 'a' | 'b'; depth: number } | undefined>()
    },
  })
const chat = pipeline(adapter, plain(), tuned(), maybe && middleware({ name: 'sometimes' }))
chat(request, { layers: { tuned: { mode: 'a', depth: 1 }, plain: false } })
chat.complete(request, { layers: { tuned: false, sometimes: false } })
// @ts-expect-error: there is no such layer
chat(request, { layers: { cache: false } })
// @ts-expect-error: there is no such option
chat(request, { layers: { tuned: { mood: 'a' } } })
// @ts-expect-error: the value is wrong
chat(request, { layers: { tuned: { mode: 'c', depth: 1 } } })
// @ts-expect-error: a layer without options of its own takes `false` only
chat(request, { layers: { plain: true } })
// @ts-expect-error: others may need its fact
pipeline(adapter, givesId(), needsId())(request, { layers: { givesId: false } })
// @ts-expect-error: no layers, no options
pipeline(adapter)(request, { layers: { tuned: false } })

// ---- C2: nested pipelines and routes: the options of what is inside, too
const nested = pipeline(chat, middleware({ name: 'around' }))
nested(request, { layers: { around: false, tuned: { mode: 'b', depth: 0 } } })
// @ts-expect-error: neither has such a layer
nested(request, { layers: { cache: false } })
const routed = pipeline(
  route({ a: chat, b: pipeline(adapter, middleware({ name: 'other' })) }),
  middleware({ name: 'top' }),
)
routed(request, { layers: { top: false, tuned: false, other: false, plain: false } })
// @ts-expect-error: no target has such a layer
routed(request, { layers: { cache: false } })

// ---- calls: what is changed in a request needs no telling which operation it is for
middleware({
  name: 'hotter',
  handle: (call, next) => next(call.with({ request: { ...call.request, temperature: 1 } })),
})
middleware({
  name: 'narrowed',
  handle(call, next) {
    if (call.operation === 'embed') return next(call.with({ request: { ...call.request, dimensions: 8 } }))
    expectTypeOf(call.request.messages).toExtend<readonly unknown[]>()
    // @ts-expect-error: no request has this
    return next(call.with({ request: { ...call.request, temprature: 1 } }))
  },
})
