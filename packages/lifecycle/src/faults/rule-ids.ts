const family = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)

/** Rules of the contract that say how a call goes: each has a planted fault, and cells that notice it. */
export const RULE_IDS: readonly string[] = [
  ...family('P', 8),
  ...family('E', 8),
  ...family('R', 8),
  ...family('A', 2),
  ...family('N', 1),
  ...family('D', 1),
]
