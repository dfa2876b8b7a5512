import { middleware, pipeline, traceFact } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import { group, telemetry } from './index.ts'

const request = { model: 'm', messages: [] } as const
const chat = pipeline(fakeProvider(), telemetry())

await chat(request, { layers: { telemetry: { capture: 'none', keep: true, level: 'errors' } } })
await chat(request, { layers: { telemetry: { level: 'off' } }, parent: group('run') })
// @ts-expect-error layers further in may need its trace
await chat(request, { layers: { telemetry: false } })
// @ts-expect-error there is no such capture
await chat(request, { layers: { telemetry: { capture: 'some' } } })
// @ts-expect-error exporters are the same for all calls
await chat(request, { layers: { telemetry: { exporters: [] } } })

const audited = pipeline(fakeProvider(), telemetry({ name: 'audit' }))
await audited(request, { layers: { audit: { level: 'off' } } })
// @ts-expect-error its name is another one
await audited(request, { layers: { telemetry: { level: 'off' } } })

// @ts-expect-error a ratio is a number
telemetry({ sample: { ratio: 'half' } })
// @ts-expect-error an exporter has export()
telemetry({ exporters: [{ name: 'x' }] })

const reader = middleware({ name: 'reader', reads: [traceFact], start: ({ facts }) => facts.trace.traceId.length })
pipeline(fakeProvider(), telemetry(), reader)
// @ts-expect-error what reads the trace stands inside of what gives it
pipeline(fakeProvider(), reader, telemetry())
