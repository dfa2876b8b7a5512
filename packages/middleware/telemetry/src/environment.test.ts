import { readFileSync } from 'node:fs'
import { OptionError } from '@cepa/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { VARIABLES, withEnvironment } from './environment.ts'
import { telemetry } from './index.ts'

afterEach(() => vi.unstubAllEnvs())

describe('the environment', () => {
  test('stands in for options that the code leaves out', () => {
    const options = withEnvironment(
      { level: 'errors', sample: { slowMs: 5 } },
      {
        CEPA_TELEMETRY: 'calls',
        CEPA_TELEMETRY_RATIO: '0.25',
        CEPA_TELEMETRY_KEEP_ERRORS: 'false',
        CEPA_TELEMETRY_SLOW_MS: '100',
        CEPA_TELEMETRY_COSTLY_USD: ' .5 ',
        CEPA_TELEMETRY_RECORDS_PER_SECOND: '1e2',
        CEPA_TELEMETRY_CAPTURE: 'hashes',
        CEPA_TELEMETRY_MAX_CONTENT_BYTES: '1024',
        CEPA_TELEMETRY_HASH_KEY: 'sixteen-letters!',
        CEPA_TELEMETRY_PROPAGATE: '1',
      },
    )
    expect(options).toEqual({
      level: 'errors',
      sample: { ratio: 0.25, keepErrors: false, slowMs: 5, costlyUsd: 0.5, recordsPerSecond: 100 },
      capture: 'hashes',
      maxContentBytes: 1024,
      hashKey: 'sixteen-letters!',
      propagate: true,
    })
  })

  test('says nothing where it is empty', () => {
    expect(withEnvironment({}, { CEPA_TELEMETRY: ' ', CEPA_TELEMETRY_RATIO: '' })).toEqual({})
  })

  test.each([
    ['CEPA_TELEMETRY', 'loud'],
    ['CEPA_TELEMETRY_RATIO', '2'],
    ['CEPA_TELEMETRY_RATIO', 'half'],
    ['CEPA_TELEMETRY_SLOW_MS', 'Infinity'],
    ['CEPA_TELEMETRY_PROPAGATE', 'maybe'],
    ['CEPA_TELEMETRY_CAPTURE', 'prompts'],
    ['CEPA_TELEMETRY_MAX_CONTENT_BYTES', '1.5'],
  ])('%s=%s is refused by name', (variable, value) => {
    vi.stubEnv(variable, value)
    expect(() => telemetry()).toThrow(OptionError)
    expect(() => telemetry()).toThrow(variable)
    expect(() => telemetry()).toThrow(value)
  })

  test('never shows a key', () => {
    vi.stubEnv('CEPA_TELEMETRY_HASH_KEY', 'short')
    expect(() => telemetry()).toThrow('CEPA_TELEMETRY_HASH_KEY is a string')
  })

  test('is read when telemetry is made', () => {
    vi.stubEnv('CEPA_TELEMETRY', 'errors')
    vi.stubEnv('CEPA_TELEMETRY_RATIO', '0.5')
    expect(telemetry()['~spec'].data).toMatchObject({ level: 'errors', sample: { ratio: 0.5 } })
  })

  test('stands in the README as it is', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const table = readme.slice(readme.indexOf('| variable'), readme.indexOf('## Facts and notes'))
    const rows = table.split('\n').filter((line) => line.startsWith('| `'))
    const told = rows.flatMap((row) => {
      const [variables = [], options = []] = row
        .split('|')
        .slice(1, 3)
        .map((cell) => [...cell.matchAll(/`([^`]+)`/g)])
      expect(variables.length, row).toBe(options.length)
      return variables.map(([, name = ''], index) => {
        const option = options[index]?.[1] ?? ''
        return [name.replace('…', 'CEPA_TELEMETRY'), option.replace(/^\./, 'sample.')]
      })
    })
    expect(told.toSorted()).toEqual(VARIABLES.map(({ variable, option }) => [variable, option]).toSorted())
  })

  test('has each variable once', () => {
    expect(new Set(VARIABLES.map(({ variable }) => variable)).size).toBe(VARIABLES.length)
  })
})
