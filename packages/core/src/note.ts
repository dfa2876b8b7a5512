/** A note as a `note` hook receives it. */
export interface Note<T = unknown> {
  readonly key: NoteKey<T>
  readonly value: T
  /** Name of the layer that told it; `adapter:<name>` for an adapter, `core` for the core. */
  readonly from: string
  /** `clock.now()` when it was told. */
  readonly at: number
}

/** The key of a kind of note. */
export interface NoteKey<T> {
  readonly name: string
  /** Narrows a note to this kind. */
  is(note: Note): note is Note<T>
}

/**
 * Makes the key of a kind of note: something worth telling while it happens.
 *
 * @example
 * export const retryNote: NoteKey<{ delayMs: number }> = noteKey('retry')
 */
export function noteKey<T>(name: string): NoteKey<T> {
  const key: NoteKey<T> = {
    name,
    is: (note): note is Note<T> => note.key === key,
  }
  return key
}
