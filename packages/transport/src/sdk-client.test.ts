import { describe, expect, it } from 'vitest'
import { type SdkClient, sdkCarrier } from './sdk-client.ts'

class APIConnectionTimeoutError extends Error {}

/** A client whose request is given up by its fetch, or by itself. */
const client = (more: object): SdkClient => ({
  post: () => ({ asResponse: () => Promise.reject(new APIConnectionTimeoutError('Request timed out.')) }),
  ...more,
})

const shipment = {
  url: 'http://h/say',
  path: '/say',
  headers: {},
  json: {},
  bytes: new Uint8Array(),
  stream: false,
  signal: new AbortController().signal,
}

describe('a client of a team’s own', () => {
  it('whose time was not up did not meet its own limit', async () => {
    const carried = sdkCarrier(client({ timeout: 600_000 })).carry(shipment)
    await expect(carried).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect(sdkCarrier(client({ timeout: 0 })).carry(shipment)).rejects.toMatchObject({
      code: 'SDK_CLIENT_TIMEOUT',
    })
    await expect(sdkCarrier(client({})).carry(shipment)).rejects.toMatchObject({ code: 'SDK_CLIENT_TIMEOUT' })
  })

  it('its keys and its cloud’s are secrets', () => {
    const { secrets, baseUrl } = sdkCarrier(
      client({
        baseURL: 'https://h',
        apiKey: null,
        authToken: 'token-1',
        awsSecretKey: 'secret-1',
        accessToken: 'google-1',
      }),
    )
    expect(secrets).toEqual(['token-1', 'google-1', 'secret-1'])
    expect(baseUrl).toBe('https://h')
  })
})
