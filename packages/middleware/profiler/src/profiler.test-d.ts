import { middleware, type Pipeline, pipeline, requestIdFact } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import { type ProfileReport, profiler } from './index.ts'
import { profiler as nodeProfiler } from './node/index.ts'

const request = { model: 'm', messages: [] }

/** Compiled, never run: a report is text, or data where JSON is asked for. */
export function reports(): void {
  const profile = profiler()
  const lines: string[] = [profile.report(), profile.report({ by: 'provider', hooks: true })]
  const data: ProfileReport = profile.report({ json: true, by: 'model' })
  // @ts-expect-error it is data
  lines.push(profile.report({ json: true }))
  // @ts-expect-error calls are grouped by nothing else
  profile.report({ by: 'tenant' })
  lines.push(data.total.layers.map(({ layer }) => layer).join())
}

/** Compiled, never run: it stands in stacks with and without a request id, and has no options per call. */
export function stacks(): Pipeline {
  const asked = middleware({ name: 'asked', gives: [requestIdFact], provide: (call) => call.give(requestIdFact, 'a') })
  const chat = pipeline(
    fakeProvider(),
    asked,
    profiler({ name: 'mine' }),
    nodeProfiler({ cpuProfile: { folder: 'f' } }),
  )
  chat(request, { layers: { mine: false, profiler: false } })
  // @ts-expect-error there are none
  chat(request, { layers: { mine: { slowMs: 5 } } })
  // @ts-expect-error the main entry takes no CPU profiles
  profiler({ cpuProfile: { folder: 'f' } })
  return pipeline(fakeProvider(), profiler())
}
