import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineDiff } from './line-diff.mjs'

test('only what differs is shown, in order', () => {
  expect(lineDiff('a\nb\nc', 'a\nx\nc\nd')).toBe('- b\n+ x\n+ d')
  expect(lineDiff('a', 'a')).toBe('')
})

test('a long diff is cut and says so', () => {
  expect(lineDiff('a\nb\nc', 'd\ne\nf', 2)).toMatch(/^(?:[-+] .\n){2}… and 4 lines more$/)
})

test('taking the removed lines and adding the added ones gives the other text', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = lineDiff(before.join('\n'), after.join('\n'), 100).split('\n').filter(Boolean)
      const count = (lines, line) => lines.filter((other) => other === line).length
      for (const line of ['a', 'b', 'c']) {
        expect(count(after, line) - count(before, line)).toBe(count(diff, `+ ${line}`) - count(diff, `- ${line}`))
      }
    }),
  )
})
