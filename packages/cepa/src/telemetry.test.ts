import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { fakeProvider } from '@cepa/testing'
import { expect, test } from 'vitest'
import { type CallRecord, group, pipeline, telemetry } from './index.ts'
import { CHANNELS, groupScope } from './node.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

test('on Node telemetry publishes for agents that know nothing of it', async () => {
  const heard: CallRecord[] = []
  const listen = (message: unknown) => heard.push(message as CallRecord)
  subscribe(CHANNELS.call, listen)
  const watch = telemetry()
  await pipeline(fakeProvider('Hello'), watch).complete(request)
  await watch.flush()
  unsubscribe(CHANNELS.call, listen)
  expect(heard).toMatchObject([{ ending: 'done', model: 'm' }])
})

test('groups of every entry are the same groups', async () => {
  const scope = groupScope()
  const chat = pipeline(fakeProvider('Hello'), telemetry({ scope }))
  const run = group('agent run')
  await chat.complete(request, { parent: run })
  expect(run.end().calls).toBe(1)
  const found = await scope.run('batch', async (batch) => {
    await chat.complete(request)
    return batch
  })
  expect(found.end().calls).toBe(1)
})
