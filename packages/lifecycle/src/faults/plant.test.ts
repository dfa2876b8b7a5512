import { describe, expect, it } from 'vitest'
import { faultAgainst } from './index.ts'
import { edited } from './plant.ts'

describe('an edit', () => {
  const edit = { file: 'flow.ts', find: 'this.#close()', replace: '' }

  it('changes the one place that it looks for', () => {
    expect(edited('a; this.#close(); b', edit)).toBe('a; ; b')
  })

  it('is an error where there is no such place, or more than one', () => {
    expect(() => edited('a; b', edit)).toThrow('flow.ts has 0 places like "this.#close()"; a fault needs exactly one')
    expect(() => edited('this.#close(); this.#close()', edit)).toThrow('flow.ts has 2 places')
  })
})

describe('a rule without a fault', () => {
  it('is an error that names those that have one', () => {
    expect(() => faultAgainst('Z9')).toThrow(/there is no fault against rule Z9 \(known: P1 P2 .* D1\)/)
  })

  it('may be written small', () => {
    expect(faultAgainst('e3').rule).toBe('E3')
  })
})
