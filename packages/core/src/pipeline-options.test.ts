import { describe, expect, it } from 'vitest'
import { handling, rejection, request, saying } from '../test/onion.ts'
import { type EmbedRequest, middleware, OptionError, pipeline } from './index.ts'

const embedding: EmbedRequest = { model: 'e', input: ['a', 'bc'] }

describe('X1: with()', () => {
  it('X1: a request that the operation cannot take fails the call, with what it must be', async () => {
    const adapter = saying('a')
    const wrong = handling('wrong', async (call, next) => next(call.with({ request: embedding })))
    const error = await rejection(pipeline(adapter, wrong).complete(request))
    expect(error).toBeInstanceOf(OptionError)
    expect(error.message).toBe('call: option request.messages is undefined; it must be a list of messages')
    expect(adapter.calls).toHaveLength(0)
  })
})

describe('X1: what a pipeline is made of is checked', () => {
  const adapter = saying()
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'pipeline: option adapter is undefined; it must be an object with handle(), identity()'],
    ['no adapter', {}, 'pipeline: option adapter is an object; it must be an object with handle(), identity()'],
    [
      'a middleware in its place',
      middleware({ name: 'm' }),
      'pipeline: option adapter is an object; it must be an object with handle(), identity()',
    ],
    [
      'options without an adapter',
      { adapter: undefined },
      'pipeline: option adapter is undefined; it must be an object with handle(), identity()',
    ],
    [
      'an adapter without a name',
      { ...adapter, name: '' },
      'pipeline: option adapter.name is absent; it must name the provider',
    ],
    [
      'an adapter without operations',
      { ...adapter, operations: [] },
      "pipeline: option adapter.operations is empty or absent; the adapter test must say what it offers: ['chat'], ['embed'] or both",
    ],
    [
      'an unknown option',
      { adapter, clocks: 1 },
      'pipeline: option clocks is given; there is no such option; did you mean clock? (known: adapter, layers, name, clock, report, unreadAfterMs, allow)',
    ],
    [
      'a wrong clock',
      { adapter, clock: {} },
      'pipeline: option clock is an object; it must be an object with now(), epochMs(), setTimer()',
    ],
    [
      'a wrong time',
      { adapter, unreadAfterMs: 0 },
      'pipeline: option unreadAfterMs is 0; it must be an integer of at least 1',
    ],
  ])('X1: %s', (_what, given, message) => {
    expect(() => pipeline(given as never)).toThrow(OptionError)
    expect(() => pipeline(given as never)).toThrow(message)
  })

  it('X1: an adapter with a field `adapter` is an adapter', async () => {
    const wrapped = { ...saying('a'), adapter: saying('b') }
    expect((await pipeline(wrapped).complete(request)).text).toBe('a')
  })

  it.each<[string, [unknown, unknown], string]>([
    ['no request', [undefined, {}], 'call: option request is undefined; it must be an object with a model'],
    ['no model', [{ messages: [] }, {}], 'call: option request.model is undefined; it must name a model'],
    ['an empty model', [{ model: '', messages: [] }, {}], 'call: option request.model is empty; it must name a model'],
    ['no messages', [{ model: 'm' }, {}], 'call: option request.messages is undefined; it must be a list of messages'],
    [
      'a wrong signal',
      [request, { signal: {} }],
      'call: option signal is an object; it must be an object with addEventListener(), removeEventListener()',
    ],
    [
      'a wrong deadline',
      [request, { deadlineMs: '5' }],
      'call: option deadlineMs is "5"; it must be a number of at least 0',
    ],
    [
      'a wrong attribute',
      [request, { attributes: { tenant: 5 } }],
      'call: option attributes.tenant is 5; it must be a string that is not empty',
    ],
    [
      'a header that is no string, whose value is not shown',
      [request, { headers: { authorization: 12345 } }],
      'call: option headers.authorization is a number; it must be a string',
    ],
    [
      'an unknown option',
      [request, { timeout: 5 }],
      'call: option timeout is given; there is no such option (known: signal, deadlineMs, requestId, parent, attributes, headers, layers)',
    ],
  ])('X1: a call with %s', async (_what, [asked, options], message) => {
    const adapterUsed = saying('a')
    const error = await rejection(pipeline(adapterUsed).complete(asked as never, options as never))
    expect(error).toBeInstanceOf(OptionError)
    expect(error.message).toBe(message)
    expect(adapterUsed.calls).toHaveLength(0)
    const embedError = await rejection(pipeline(adapterUsed).embed({ model: 'e', input: 'a' } as never))
    expect(embedError.message).toBe('call: option request.input is a string; it must be a list of strings')
  })
})

describe('X1: a middleware spec is checked', () => {
  it.each<[unknown, string]>([
    [{}, 'middleware: option name is undefined; it must be a camelCase identifier'],
    [{ name: 'With-Dash' }, 'middleware: option name is "With-Dash"; it must be a camelCase identifier'],
    [{ name: 'm', onEvent() {} }, 'middleware m: option onEvent is given; there is no such hook or field'],
    [{ name: 'm', event: 5 }, 'middleware m: option event is a number; it must be a function'],
    [{ name: 'm', traits: { repeat: true } }, 'middleware m: option traits.repeat is given; there is no such trait'],
    [
      { name: 'm', reads: ['id'] },
      'middleware m: option reads.0 is a string; it must be the key of a fact, made by fact()',
    ],
    [{ name: 'm', gives: {} }, 'middleware m: option gives is an object; it must be a list of fact keys'],
  ])('X1: %j', (spec, message) => {
    expect(() => middleware(spec as never)).toThrow(OptionError)
    expect(() => middleware(spec as never)).toThrow(message)
  })
})
