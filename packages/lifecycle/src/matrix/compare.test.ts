import { expect, it } from 'vitest'
import { differencesOf } from './compare.ts'

it('says where accounts differ, what was expected there and what was seen', () => {
  expect(differencesOf({ a: 1, b: { c: ['x'] } }, { a: 1, b: { c: ['x'] } })).toEqual([])
  expect(differencesOf({ a: 1, b: { c: ['x'] } }, { a: 2, b: { c: ['x', 'y'] } })).toEqual([
    'a: expected 1, seen 2',
    'b.c: expected ["x"], seen ["x","y"]',
  ])
})

it('notices what is missing, and what nobody expected', () => {
  expect(differencesOf({ a: 1 }, {})).toEqual(['a: expected 1, seen nothing'])
  expect(differencesOf({}, { b: 2 })).toEqual(['b: expected nothing, seen 2'])
})
