/** Most results that are remembered; then it begins anew. */
const MAX_ENTRIES = 2000

/** Remembers what a function made of texts that come again and again. Bounded, and never wrong: the function must be pure. */
export class Memo {
  readonly #make: (text: string) => string
  readonly #made = new Map<string, string>()

  constructor(make: (text: string) => string) {
    this.#make = make
  }

  of(text: string): string {
    const known = this.#made.get(text)
    if (known !== undefined) return known
    const made = this.#make(text)
    if (this.#made.size >= MAX_ENTRIES) this.#made.clear()
    this.#made.set(text, made)
    return made
  }
}
