import { ProviderError } from '@cepa/core'
import { describe, expect, it, vi } from 'vitest'
import { type ApiKey, KeyRing } from './key-ring.ts'

const ring = (source: ApiKey | undefined): KeyRing =>
  new KeyRing({ provider: 'parrot', option: 'token', source, headers: (key) => ({ 'x-token': key }) })

const refused = (status: number): ProviderError =>
  new ProviderError({ provider: 'parrot', kind: 'auth', message: 'no', status })

describe('KeyRing', () => {
  it('a fixed key is carried, and not asked for again', async () => {
    const keys = ring('key-1')
    expect(await keys.headers()).toEqual({ 'x-token': 'key-1' })
    expect(await keys.newKey.applies(refused(401))).toBe(false)
    expect(await ring(undefined).headers()).toEqual({})
  })

  it('a function is asked for every attempt, and the key that it gave after a refusal is used', async () => {
    let count = 0
    const source = vi.fn(() => `key-${++count}`)
    const keys = ring(source)
    expect(await keys.headers()).toEqual({ 'x-token': 'key-1' })
    expect(await keys.newKey.applies(refused(403))).toBe(false)
    expect(await keys.newKey.applies(refused(401))).toBe(true)
    expect(await keys.headers()).toEqual({ 'x-token': 'key-2' })
    expect(source).toHaveBeenCalledTimes(2)
    expect(await keys.headers()).toEqual({ 'x-token': 'key-3' })
  })

  it('the same key is no new one', async () => {
    const keys = ring(async () => 'key-1')
    await keys.headers()
    expect(await keys.newKey.applies(refused(401))).toBe(false)
  })

  it('a function that fails, or gives none', async () => {
    await expect(ring(() => Promise.reject(new TypeError('sealed'))).headers()).rejects.toMatchObject({
      kind: 'auth',
      message: 'parrot: the function token failed: TypeError',
    })
    await expect(ring(() => 5 as never).headers()).rejects.toThrow(
      'parrot: option token is a function that gave a number; it must give the key, or a promise of it',
    )
  })
})
