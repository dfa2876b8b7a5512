import { afterEach, expect, it, vi } from 'vitest'
import { environmentOf } from './environment.ts'

afterEach(() => vi.unstubAllEnvs())

const VARIABLES = { apiKey: 'PARROT_KEY', baseUrl: 'PARROT_URL', region: 'PARROT_REGION' }

it('values by option, trimmed; nothing for what is empty, missing or given', () => {
  vi.stubEnv('PARROT_KEY', ' key-1\n')
  vi.stubEnv('PARROT_URL', 'https://h')
  vi.stubEnv('PARROT_REGION', '  ')
  expect(environmentOf(VARIABLES)).toEqual({ apiKey: 'key-1', baseUrl: 'https://h' })
  expect(environmentOf(VARIABLES, { baseUrl: 'http://other', apiKey: undefined })).toEqual({ apiKey: 'key-1' })
})

it('without an environment there is nothing', () => {
  vi.stubGlobal('process', undefined)
  expect(environmentOf(VARIABLES)).toEqual({})
  vi.unstubAllGlobals()
})
