import { type ChatRequest, pipeline } from '@cepa/core'
import { expect, test } from 'vitest'
import { collect } from './collect.ts'
import { fakeProvider } from './fake-provider.ts'
import { recorder } from './recorder.ts'

const request: ChatRequest = { model: 'm', messages: [] }

test('one ordered log of all layers', async () => {
  const seen = recorder()
  const chat = pipeline(fakeProvider([{ text: 'Hi' }]), seen.layer('outer'), seen.layer('inner', { handle: true }))
  await chat.complete(request)
  expect(seen.log).toEqual([
    'outer.provide',
    'outer.start',
    'inner.provide',
    'inner.start',
    'inner.note attempt-start',
    'outer.note attempt-start',
    'inner.event start',
    'outer.event start',
    'inner.firstToken text',
    'outer.firstToken text',
    'inner.event text',
    'outer.event text',
    'inner.event end',
    'outer.event end',
    'inner.note attempt-end',
    'outer.note attempt-end',
    'inner.end done',
    'outer.end done',
  ])
})

test('passes with their events and endings, and those that are open', async () => {
  const seen = recorder()
  const chat = pipeline(fakeProvider('a b c'), seen.layer('outer'))
  await collect(chat(request), { events: 2 })
  const open = await chat(request)
  expect(seen.endingsOf('outer')).toEqual(['abandoned', 'open'])
  expect(seen.passesOf('outer')[0]?.endings[0]?.completion.text).toBe('a')
  expect(seen.passes.map(({ events }) => events.length)).toEqual([2, 0])
  await open.cancel()
  expect(seen.endingsOf('outer')).toEqual(['abandoned', 'abandoned'])
  seen.clear()
  expect([seen.log, seen.passes]).toEqual([[], []])
})
