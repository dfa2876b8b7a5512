/** Most labels of a call or of a group. */
const MAX_LABELS = 64
/** Most items of a list in a record: names of tools, candidates. */
const MAX_ITEMS = 128

/** The labels that a record has room for: the first. */
export function firstLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(labels)
  return entries.length <= MAX_LABELS ? labels : Object.fromEntries(entries.slice(0, MAX_LABELS))
}

/** The items that a record has room for: the first. */
export const firstOf = <T>(items: readonly T[]): readonly T[] => items.slice(0, MAX_ITEMS)
