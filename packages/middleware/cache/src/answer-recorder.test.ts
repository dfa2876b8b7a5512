import { expect, test } from 'vitest'
import { AnswerRecorder } from './answer-recorder.ts'

const text = (size: number) => ({ type: 'text', text: 'x'.repeat(size), at: 0 }) as const
const end = { type: 'end', finish: 'stop', at: 0 } as const

test('is complete with the end, not before', () => {
  const recorder = new AnswerRecorder(0, 1000)
  recorder.add(text(5))
  expect(recorder.complete).toBe(false)
  recorder.add(end)
  expect([recorder.complete, recorder.events.length, recorder.unstorable]).toEqual([true, 2, undefined])
})

test('lets go of an answer as soon as it is too large, and takes no more of it', () => {
  const recorder = new AnswerRecorder(0, 1000)
  for (let index = 0; index < 20; index++) recorder.add(text(100))
  expect([recorder.events, recorder.unstorable]).toEqual([[], { reason: 'too-large' }])
  recorder.add(end)
  expect([recorder.complete, recorder.events]).toEqual([false, []])
})

test('lets go of an answer that is not data, and says what of it', () => {
  const recorder = new AnswerRecorder(0, 1000)
  recorder.add(text(5))
  recorder.add({ type: 'raw', value: [() => 1], at: 0 })
  recorder.add(end)
  expect([recorder.complete, recorder.events]).toEqual([false, []])
  expect(recorder.unstorable).toEqual({ reason: 'not-data', what: 'event.value[0] is a function' })
})
