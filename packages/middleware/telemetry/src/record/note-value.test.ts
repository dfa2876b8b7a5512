import {
  type AnyMiddleware,
  cacheLookupNote,
  faultNote,
  logNote,
  middleware,
  noteKey,
  ProviderError,
  pipeline,
  retryNote,
} from '@cepa/core'
import { collect, fakeProvider, memoryExporter, virtualClock } from '@cepa/testing'
import { expect, test } from 'vitest'
import { telemetry } from '../index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'the prompt' }] } as const

/** The value of the note that a layer tells. */
async function told(tell: NonNullable<AnyMiddleware['~spec']['start']>): Promise<unknown> {
  const clock = virtualClock()
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter], clock })
  const telling = middleware({ name: 'telling', start: (call): undefined => void tell(call as never) })
  await clock.runUntil(collect(pipeline({ adapter: fakeProvider('Hi'), layers: [watch, telling], clock })(request)))
  await clock.runUntil(watch.flush())
  return exporter.notes.find(({ from }) => from === 'telling')?.value
}

const error = new ProviderError({ provider: 'p', kind: 'overloaded', message: 'busy', status: 529 })
const recorded = {
  name: 'ProviderError',
  message: 'busy',
  code: 'CEPA_PROVIDER',
  kind: 'overloaded',
  retryable: true,
  status: 529,
}

test('the known notes say what a record may say', async () => {
  const retry = { attempt: 1, delayMs: 50, error }
  expect(await told((call) => call.emit(retryNote, retry))).toEqual({ attempt: 1, delayMs: 50, error: recorded })
  const fault = { middleware: 'own', hook: 'event', error }
  expect(await told((call) => call.emit(faultNote, fault))).toEqual({
    middleware: 'own',
    hook: 'event',
    error: recorded,
  })
  const lookup = { outcome: 'miss', keyHash: 'abc', lookupMs: 2 } as const
  expect(await told((call) => call.emit(cacheLookupNote, lookup))).toEqual(lookup)
  const line = { level: 'warn', message: 'odd', fields: { at: new Date(0), n: 1n } } as const
  expect(await told((call) => call.emit(logNote, line))).toEqual({
    level: 'warn',
    message: 'odd',
    fields: { at: '1970-01-01T00:00:00.000Z', n: '1' },
  })
})

test('a layer’s own is plain data of its own, as it was when it was told, and no more than so much', async () => {
  const value: { step: number; self?: unknown; text?: string } = { step: 1 }
  value.self = value
  const key = noteKey<typeof value>('own')
  const seen = await told((call) => {
    call.emit(key, value)
    value.step = 2
  })
  expect(seen).toEqual({ step: 1, self: '(circular)' })
  const long = await told((call) => call.emit(key, { step: 1, text: 'word '.repeat(100_000) }))
  expect(JSON.stringify(long).length).toBeLessThan(5000)
})
