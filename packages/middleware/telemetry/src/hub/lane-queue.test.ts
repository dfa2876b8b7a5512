import type { TelemetryItem } from '@cepa/core'
import { expect, test } from 'vitest'
import { LaneQueue, type QueueLimits } from './lane-queue.ts'

const itemOf = (type: TelemetryItem['type'], bytes = 10) => ({ item: { type } as TelemetryItem, bytes })

const queue = (limits: Partial<QueueLimits> = {}) =>
  new LaneQueue({ maxQueueItems: 4, maxQueueBytes: 100, maxBatchItems: 4, maxBatchBytes: 100, ...limits })

const typesIn = (from: LaneQueue) => from.takeBatch().map(({ item }) => item.type)

test('what is larger than the queue is refused, also when it is empty, and nothing makes room for it', () => {
  const waiting = queue()
  expect(waiting.add(itemOf('call', 101))).toBe(false)
  waiting.add(itemOf('note'))
  expect(waiting.makeRoom(101)).toBe(0)
  expect([waiting.length, waiting.bytes]).toEqual([1, 10])
})

test('notes make room, the oldest first, no more than are needed, and never records', () => {
  const waiting = queue()
  for (const type of ['note', 'call', 'note', 'note'] as const) waiting.add(itemOf(type))
  expect(waiting.makeRoom(10)).toBe(1)
  expect(waiting.add(itemOf('group'))).toBe(true)
  expect(typesIn(waiting)).toEqual(['call', 'note', 'note', 'group'])
  for (let count = 0; count < 4; count++) waiting.add(itemOf('call', 25))
  expect(waiting.makeRoom(25)).toBe(0)
  expect(waiting.add(itemOf('call', 25))).toBe(false)
})

test('bytes are made room for too', () => {
  const waiting = queue({ maxQueueItems: 100 })
  waiting.add(itemOf('call', 40))
  for (let count = 0; count < 6; count++) waiting.add(itemOf('note', 10))
  expect(waiting.makeRoom(35)).toBe(4)
  expect(waiting.add(itemOf('call', 35))).toBe(true)
  expect(waiting.bytes).toBe(95)
  expect(typesIn(waiting)).toEqual(['call', 'note', 'note', 'call'])
})

test('what was taken away is no longer counted', () => {
  const waiting = queue({ maxBatchItems: 2 })
  for (const type of ['note', 'note', 'call'] as const) waiting.add(itemOf(type))
  expect(typesIn(waiting)).toEqual(['note', 'note'])
  expect([waiting.length, waiting.bytes, waiting.makeRoom(100)]).toEqual([1, 10, 0])
  expect(waiting.clear()).toBe(1)
  expect([waiting.length, waiting.bytes]).toEqual([0, 0])
})
