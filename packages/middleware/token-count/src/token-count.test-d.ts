import { type CallCost, type CallUsage, costFact, middleware, pipeline, stack, usageFact } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import { expectTypeOf, test } from 'vitest'
import { tokenCount } from './index.ts'

const reader = middleware({
  name: 'reader',
  reads: [usageFact, costFact],
  end(call) {
    expectTypeOf(call.facts.usage).toEqualTypeOf<CallUsage | undefined>()
    expectTypeOf(call.facts.cost).toEqualTypeOf<CallCost | undefined>()
  },
})

test('facts go outward', () => {
  pipeline(fakeProvider(), reader, tokenCount())
  // @ts-expect-error the layer that gives the fact must stand further in
  pipeline(fakeProvider(), tokenCount(), reader)
})

test('options of one call are typed by the stack', () => {
  const chat = pipeline(fakeProvider(), ...stack(reader, tokenCount()))
  const request = { model: 'm', messages: [] }
  chat.complete(request, { layers: { tokenCount: { estimate: false } } })
  chat.complete(request, { layers: { tokenCount: false } })
  // @ts-expect-error there is no such option for one call
  chat.complete(request, { layers: { tokenCount: { maxGroups: 3 } } })
  const bare = pipeline(fakeProvider(), reader)
  // @ts-expect-error the stack has no such layer
  bare.complete(request, { layers: { tokenCount: false } })
})
