import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textOf } from '../test/onion.ts'
import { type RandomCall, randomCalls } from '../test/random-call.ts'
import { observe } from '../test/random-onion.ts'
import type { CepaError } from './index.ts'

/** What must hold for every call, whatever its layers, its provider and its consumer do. */
async function judge(call: RandomCall): Promise<void> {
  const { problems, outermost, consumed, error } = await observe(call)
  expect(problems).toEqual([])
  const ending = outermost?.endings[0]
  expect(ending).toBeDefined()
  if (ending === undefined) return
  // what passed the outermost position is what the consumer got
  if (
    call.consumer !== 'nothing' &&
    (call.consumer !== 'complete' || ending.kind === 'done') &&
    call.consumer !== 'result'
  )
    expect(textOf(consumed)).toBe(ending.completion.text)
  if (call.consumer === 'result' && ending.kind === 'done') expect(textOf(consumed)).toBe(ending.completion.text)
  if (['read', 'break', 'throw', 'overlap'].includes(call.consumer)) expect(consumed).toEqual(outermost?.events)
  // an error that ended the call is what the consumer got, and says how it ended
  if ('error' in ending && (call.consumer === 'read' || call.consumer === 'complete' || call.consumer === 'result')) {
    expect(error).toBe(ending.error)
    expect((error as CepaError).ending).toBe(ending)
  }
  if (ending.kind === 'done') expect(ending.completion.finish).toBe('stop')
  if (ending.kind === 'unread') expect(call.consumer).toBe('nothing')
}

describe('any call', () => {
  it('P1, E1, E3, E4, E6, R1, R2, A1: ends every pass once, in order, with what passed it, and leaves nothing behind', async () => {
    await fc.assert(fc.asyncProperty(randomCalls, judge), { numRuns: 2000 })
  }, 120_000)
})
