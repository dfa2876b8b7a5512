import * as stable from '@opentelemetry/semantic-conventions'
import * as incubating from '@opentelemetry/semantic-conventions/incubating'
import { describe, expect, it } from 'vitest'
import { DURATION_BUCKETS, namesOf, OWN_NAMES, TOKEN_BUCKETS } from './names.ts'

/** Every name that OpenTelemetry's own package of the released conventions has. */
const released = new Set(
  Object.entries({ ...incubating, ...stable })
    .filter(([constant, value]) => /^(?:ATTR|METRIC|EVENT)_/.test(constant) && typeof value === 'string')
    .map(([, value]) => value as string),
)
const valuesOf = (names: object) =>
  Object.entries(names).flatMap(([key, name]) => (key === 'schemaUrl' ? [] : [name as string]))

describe('names', () => {
  it('as released are those of OpenTelemetry’s package', () => {
    expect(valuesOf(namesOf('released')).filter((name) => !released.has(name))).toEqual([])
  })

  it('as newest differ where the conventions have moved on since', () => {
    const others = valuesOf(namesOf('latest')).filter((name) => !released.has(name))
    expect(others.sort()).toEqual([
      'gen_ai.client.inference.duration',
      'gen_ai.client.inference.operation.input_tokens',
      'gen_ai.client.inference.operation.output_tokens',
      'gen_ai.client.inference.time_per_output_chunk',
      'gen_ai.client.inference.time_to_first_chunk',
      'gen_ai.client.inference.usage.cache_read.input_tokens',
      'gen_ai.client.inference.usage.cache_write.input_tokens',
      'gen_ai.client.inference.usage.input_tokens',
      'gen_ai.client.inference.usage.output_tokens',
      'gen_ai.client.inference.usage.reasoning.output_tokens',
      'gen_ai.request.reasoning.level',
      'gen_ai.token.modality',
      'gen_ai.usage.audio.input_tokens',
      'gen_ai.usage.audio.output_tokens',
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.image.input_tokens',
      'gen_ai.usage.image.output_tokens',
    ])
  })

  it('are given up where they were', () => {
    const newest = new Set(valuesOf(namesOf('latest')))
    for (const name of ['gen_ai.client.token.usage', 'gen_ai.token.type', 'gen_ai.usage.cache_creation.input_tokens'])
      expect(newest).not.toContain(name)
    for (const version of ['released', 'latest'] as const)
      expect(valuesOf(namesOf(version))).not.toContain('gen_ai.system')
  })

  it('of our own stay out of others’ namespaces', () => {
    for (const name of valuesOf(OWN_NAMES)) expect(name).toMatch(/^cepa\./)
  })

  it('buckets are those of the conventions', () => {
    expect(DURATION_BUCKETS).toEqual(
      Array.from({ length: 14 }, (_, power) => (2 ** power * 0.01 * 100) / 100).map((each) => expect.closeTo(each, 9)),
    )
    expect(TOKEN_BUCKETS).toEqual([
      1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
    ])
  })
})
