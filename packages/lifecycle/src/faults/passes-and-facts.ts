import type { Fault } from './fault.ts'

/** Faults against the rules P1 to P8. */
export const PASS_FAULTS: readonly Fault[] = [
  {
    rule: 'P1',
    what: 'a layer whose provide threw is ended, though it has not started',
    edits: [
      {
        file: 'passes.ts',
        find: 'this.#provide(index, layer)\n',
        replace: 'this.#started = index + 1\n      this.#provide(index, layer)\n',
      },
    ],
  },
  {
    rule: 'P2',
    what: 'end is given the state of the outermost layer of the stretch',
    edits: [{ file: 'passes.ts', find: 'ending, this.states[index]', replace: 'ending, this.states[0]' }],
  },
  {
    rule: 'P3',
    what: 'a hook that returns a promise is told to nobody',
    edits: [
      {
        file: 'passes.ts',
        find: 'this.fault(index, hook, this.#asynchronous(index, hook, result))',
        replace: 'this.#asynchronous(index, hook, result)',
      },
    ],
  },
  {
    rule: 'P4',
    what: 'an in-fact may be given at any time',
    edits: [{ file: 'passes.ts', find: "key.direction === 'in' && !this.#providing", replace: 'false' }],
  },
  {
    rule: 'P5',
    what: 'assembly does not ask where facts come from',
    edits: [{ file: 'order.ts', find: 'factProblem(names, needs) ?? ruleProblem', replace: 'ruleProblem' }],
  },
  {
    rule: 'P6',
    what: 'all tries of a repeating layer share one frame of facts',
    edits: [
      { file: 'entry.ts', find: 'apart ? this.plan.shape.child(this.frame) : parent.frame', replace: 'parent.frame' },
    ],
  },
  {
    rule: 'P7',
    what: 'hooks stand inside the transform of their own layer',
    edits: [
      { file: 'way-out.ts', find: 'this.top.attach(entry)', replace: '(this.#segments[0] as Segment).attach(entry)' },
    ],
  },
  {
    rule: 'P8',
    what: 'assembly does not know the rules of order that follow from traits',
    edits: [{ file: 'order.ts', find: ' ?? ruleProblem(names, rules)', replace: '' }],
  },
]
