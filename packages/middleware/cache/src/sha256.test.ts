import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as node from './sha256.node.ts'
import * as portable from './sha256.ts'

const both = [
  ['everywhere', portable],
  ['on Node', node],
] as const

test.each(both)('%s: the known answers', (_where, { sha256, hmacSha256 }) => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(sha256(Uint8Array.of())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  // RFC 4231, test case 2
  expect(hmacSha256('Jefe', 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

test('both say the same, of texts and of bytes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array(),
      fc.string({ minLength: 1 }),
      (text, bytes, secret) => {
        expect(portable.sha256(text)).toBe(node.sha256(text))
        expect(portable.sha256(bytes)).toBe(node.sha256(bytes))
        expect(portable.hmacSha256(secret, text)).toBe(node.hmacSha256(secret, text))
      },
    ),
  )
})
