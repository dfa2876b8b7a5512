import type { Fault } from './fault.ts'

/** Faults against the rules E1 to E8. */
export const ENDING_FAULTS: readonly Fault[] = [
  {
    rule: 'E1',
    what: 'what ends early has forgotten what had passed',
    edits: [
      {
        file: 'segment.ts',
        find: 'entry.finish({ ...close, completion })',
        replace:
          "entry.finish({ ...close, completion: close.kind === 'done' ? completion : new CompletionAccumulator().snapshot() })",
      },
    ],
  },
  {
    rule: 'E2',
    what: 'an error that says abort is an abort for every pass, whoever’s signal has fired',
    edits: [
      {
        file: 'close.ts',
        find: "fired ? 'aborted' : 'failed'",
        replace: "fired || error?.name === 'AbortError' || error?.name === 'TimeoutError' ? 'aborted' : 'failed'",
      },
    ],
  },
  {
    rule: 'E3',
    what: 'leaving the loop leaves nothing',
    edits: [{ file: 'reply-iterator.ts', find: 'this.#reply.discard()', replace: '' }],
  },
  {
    rule: 'E4',
    what: 'no pass is done before the end has come out of the outermost layer',
    edits: [
      {
        file: 'flow.ts',
        find: "this.#way.finishAt(index, { kind: 'done', at: this.#now() })",
        replace:
          "if (index === this.#way.length - 1) for (let each = 0; each <= index; each++) this.#way.finishAt(each, { kind: 'done', at: this.#now() })",
      },
    ],
  },
  {
    rule: 'E5',
    what: 'a reply that was never asked for counts as left',
    edits: [
      { file: 'unread.ts', find: "flow.leave(undefined, 'unread')", replace: "flow.leave(undefined, 'abandoned')" },
    ],
  },
  {
    rule: 'E6',
    what: 'a signal ends only what has no reply yet',
    edits: [{ file: 'entry.ts', find: 'if (this.flow) this.flow.fail(error)', replace: 'if (this.flow) return' }],
  },
  {
    rule: 'E7',
    what: 'the idle limit goes on while the consumer is busy',
    edits: [{ file: 'source.ts', find: 'this.#idle?.pause()', replace: '' }],
  },
  {
    rule: 'E8',
    what: 'a reply that comes too late is left open',
    edits: [{ file: 'entry.ts', find: 'if (answer instanceof LiveReply) answer.discard()', replace: '' }],
  },
]
