import { describe, expect, it } from 'vitest'
import { fetchCarrier } from './carrier.ts'
import { outsideCall } from './outside-call.ts'
import { send } from './send.ts'

const request = { model: 'grey', messages: [] }

describe('a call outside the onion', () => {
  it('is sent as calls are, with its headers', async () => {
    const seen: Record<string, string>[] = []
    const carrier = fetchCarrier(async (_url, init) => {
      seen.push(init.headers as Record<string, string>)
      return new Response('{"tokens":7}', { headers: { 'content-type': 'application/json' } })
    })
    const call = outsideCall(request, { headers: { 'x-tenant': 'acme' } })
    const options = { call, provider: 'parrot', carrier, baseUrl: 'https://h', path: '/count', headers: {}, json: {} }
    const exchange = await send({ ...options, stream: false })
    expect(exchange.response.status).toBe(200)
    expect(seen[0]).toMatchObject({ 'x-tenant': 'acme' })
    exchange.close()
  })

  it('ends by its signal', async () => {
    const controller = new AbortController()
    const carrier = fetchCarrier(() => new Promise(() => undefined))
    const call = outsideCall(request, { signal: controller.signal })
    const options = { call, provider: 'parrot', carrier, baseUrl: 'https://h', path: '/count', headers: {}, json: {} }
    const pending = send({ ...options, stream: false })
    controller.abort(new Error('enough'))
    await expect(pending).rejects.toThrow('enough')
  })
})
