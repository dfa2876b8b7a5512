import type { Fault } from './fault.ts'

/** Faults against the rules R1 to R8. */
export const REPLY_FAULTS: readonly Fault[] = [
  {
    rule: 'R1',
    what: 'an event takes a second hop',
    edits: [
      {
        file: 'reply-iterator.ts',
        find: 'return Promise.resolve({ value: pulled, done: false })',
        replace: 'return Promise.resolve({ value: pulled, done: false }).then((step) => step)',
      },
    ],
  },
  {
    rule: 'R2',
    what: 'closing a foreign source leaves its pending pull waiting',
    edits: [{ file: 'feed.ts', find: 'this.#release?.(null)', replace: '' }],
  },
  {
    rule: 'R3',
    what: 'a next() does not wait for the one before it',
    edits: [
      {
        file: 'reply-iterator.ts',
        find: 'this.#last === undefined ? this.#step() : this.#queued(this.#last)',
        replace: 'this.#step()',
      },
    ],
  },
  {
    rule: 'R4',
    what: 'a transform may swallow the end',
    edits: [
      { file: 'transforming.ts', find: "event.type === 'end' ? 'dropped `end`' : undefined", replace: 'undefined' },
    ],
  },
  {
    rule: 'R5',
    what: 'a call for a stream resolves at its first content, not at the headers',
    edits: [
      {
        file: 'pipeline.ts',
        find: 'this.#unread.watch(reply)',
        replace: 'await reply.peek()\n    this.#unread.watch(reply)',
      },
    ],
  },
  {
    rule: 'R6',
    what: 'an empty text is the first token',
    edits: [
      { file: 'segment.ts', find: '&& isContent(event)', replace: "&& (isContent(event) || event.type === 'text')" },
    ],
  },
  {
    rule: 'R7',
    what: 'the flow knows the handle, which is therefore never collected',
    edits: [
      {
        file: 'live-reply.ts',
        find: 'return new LiveReply(this.flow, owner)',
        replace: 'return Object.assign(this.flow, { handle: new LiveReply(this.flow, owner) }).handle',
      },
    ],
  },
  {
    rule: 'R8',
    what: 'any layer may call next as often as it likes',
    edits: [
      {
        file: 'handle-rules.ts',
        find: 'if (nth === 1 || entry.stretch.handler?.traits?.repeats) return undefined',
        replace: 'if (nth > 0) return undefined',
      },
    ],
  },
]
