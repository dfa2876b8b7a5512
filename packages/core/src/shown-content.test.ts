import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainContent } from './plain-data.ts'
import { shownData, shownItems, shownText } from './shown-content.ts'

/** As much is looked at for so many bytes. */
const looked = (maxBytes: number): number => maxBytes * 16 + 65_536

describe('what is looked at before it is redacted and cut', () => {
  test('is the whole of what is short, as data of its own', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    ] as const
    const shown = shownItems(messages, 100)
    expect(shown).toEqual(messages)
    expect(shown[1]).not.toBe(messages[1])
    expect(shownItems(['a', 'b'], 100)).toEqual(['a', 'b'])
  })

  test('tells media by their size', () => {
    const media = [
      { bytes: new Uint8Array(7) },
      { base64: 'AAAA' },
      { fileId: 'f-1' },
      { url: 'https://x.example/a.png' },
      { url: 'data:image/png;base64,AAAAAAAA' },
    ]
    const shown = media.map(
      (image) => shownItems([{ role: 'user', content: [{ type: 'image', image } as never] }], 100)[0],
    )
    expect(shown.map((item) => (item as { content: { image: unknown }[] }).content[0]?.image)).toEqual([
      '(7 bytes)',
      '(3 bytes)',
      'f-1',
      'https://x.example/a.png',
      'data:image/png;base64,(30 characters)',
    ])
  })

  test('of what is long is no more than could be written, the newest first', () => {
    const messages = Array.from(
      { length: 100 },
      (_, n) => ({ role: 'user', content: `${n} ${'word '.repeat(2000)}` }) as const,
    )
    const shown = shownItems(messages, 100) as { content: string }[]
    expect(shown.length).toBeLessThan(12)
    expect(shown.at(-1)?.content).toBe(messages.at(-1)?.content)
    const length = JSON.stringify(shownData({ deep: [{ list: messages }] }, 100)).length
    expect(length).toBeLessThan(looked(100) * 1.2)
  })

  test('never ends within a word: half a secret would not be known as one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 4000 }), (before, length) => {
        const secret = 'x'.repeat(length)
        const text = `${'a '.repeat((looked(3) - before) / 2)}${secret} ${'b '.repeat(4000)}`
        const shown = shownText(text, 3)
        expect(shown.includes('x') ? shown.includes(secret) : true).toBe(true)
        expect(shown.length).toBeLessThanOrEqual(looked(3))
      }),
    )
    expect(shownText('y'.repeat(100_000), 3).length).toBe(looked(3) - 4096)
  })
})

test('whole numbers that are as long as a card’s are looked at as texts', () => {
  const change = (text: string) => (text === '4111111111111111' ? 'gone' : text)
  expect(plainContent({ card: 4111111111111111, at: 1790000000000, n: 5, odd: 1e12 + 0.5 }, change)).toEqual({
    card: 'gone',
    at: 1790000000000,
    n: 5,
    odd: 1e12 + 0.5,
  })
})
