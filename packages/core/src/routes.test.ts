import { describe, expect, it } from 'vitest'
import { rejection, request, saying } from '../test/onion.ts'
import { middleware, OptionError, pipeline, route } from './index.ts'

describe('C4: routes', () => {
  const a = saying('from a')
  const b = saying('from b')
  const chat = pipeline(route({ a, b }))

  it('C4: the part of the model before the first slash picks the target, and is taken off', async () => {
    expect((await chat.complete({ ...request, model: 'b/org/model' })).text).toBe('from b')
    expect(b.calls.at(-1)?.request.model).toBe('org/model')
    expect((await chat.complete({ ...request, model: 'a/' })).text).toBe('from a')
    expect(a.calls.at(-1)?.request.model).toBe('')
  })

  it.each(['c/model', 'model', '/model', 'constructor/x', 'toString/x'])(
    'C4: %s is an OptionError that lists the names',
    async (model) => {
      const error = await rejection(chat.complete({ ...request, model }))
      expect(error).toBeInstanceOf(OptionError)
      expect(error.message).toBe(
        `route: option request.model is "${model}"; it must begin with the name of a target and a slash: a/…, b/…`,
      )
    },
  )

  it('C4: what was asked stays with the layers outside', async () => {
    const models: string[] = []
    const watch = (name: string) =>
      middleware({
        name,
        start: (call) => void models.push(call.request.model),
        end: (call) => void models.push(call.request.model),
      })
    const inner = pipeline(saying(), watch('inner'))
    await pipeline(route({ a: inner }), watch('outer')).complete({ ...request, model: 'a/m' })
    expect(models).toEqual(['a/m', 'm', 'm', 'a/m'])
  })

  it('C4: the server that a route leads to is known to the layers outside, where its adapter names one', async () => {
    const servers: unknown[] = []
    const watch = middleware({ name: 'watch', start: (call): undefined => void servers.push(call.server) })
    const there = { ...saying(), server: { serverAddress: 'api.example.com', serverPort: 443 } }
    const ask = pipeline(route({ a: pipeline(there), b: saying() }), watch)
    await ask.complete({ ...request, model: 'a/m' })
    await ask.complete({ ...request, model: 'b/m' })
    expect(servers).toEqual([{ serverAddress: 'api.example.com', serverPort: 443 }, undefined])
  })

  it('C4: routes nest', async () => {
    const nested = pipeline(route({ eu: route({ a, b }), us: b }))
    expect((await nested.complete({ ...request, model: 'eu/a/m' })).text).toBe('from a')
    expect(a.calls.at(-1)?.request.model).toBe('m')
  })

  it('C4: a route needs a target', () => {
    expect(() => route({})).toThrow('route: option targets is empty; name at least one pipeline or adapter')
  })
})
