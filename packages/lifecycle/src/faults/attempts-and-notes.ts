import type { Fault } from './fault.ts'

/** Faults against the rules A1, A2, N1 and D1. */
export const ATTEMPT_FAULTS: readonly Fault[] = [
  {
    rule: 'A1',
    what: 'attempts that failed are struck from the list',
    edits: [
      {
        file: 'leaf.ts',
        find: 'this.#current.ending = ending\n',
        replace:
          "this.#current.ending = ending\n    if (ending.kind === 'failed') this.#entry.root.attempts.splice(this.#entry.root.attempts.indexOf(this.#current), 1)\n",
      },
    ],
  },
  {
    rule: 'A2',
    what: 'an attempt does not know what it has spent',
    edits: [{ file: 'leaf.ts', find: 'if (usage) this.#current.usage = usage', replace: '' }],
  },
  {
    rule: 'N1',
    what: 'a note reaches the layer that told it, too',
    edits: [
      {
        file: 'passes.ts',
        find: 'if (each < index && each < this.#started) this.#hear(each, note)',
        replace: 'if (each <= index && each < this.#started) this.#hear(each, note)',
      },
    ],
  },
  {
    rule: 'D1',
    what: 'a detached call keeps the signal of the call that it was detached from',
    edits: [{ file: 'root.ts', find: 'const { signal: _signal, deadlineMs', replace: 'const { deadlineMs' }],
  },
]
