import fc from 'fast-check'

/** What a layer that stands between two recording ones does. */
export type LayerKind =
  | 'watch'
  | 'plain'
  | 'shout'
  | 'double'
  | 'drop'
  | 'append'
  | 'peek'
  | 'retry'
  | 'wrap'
  | 'cut'
  | 'hedge'
  | 'read'
  | 'narrow'
  | 'nest'

/** One answer of the provider. */
export interface RandomAnswer {
  /** Wait before the headers; 0 answers at once. */
  readonly headersMs: number
  readonly failsBeforeHeaders: boolean
  /** A wait before each of the texts; 0 answers at once, −1 in a promise. */
  readonly waitsMs: readonly number[]
  readonly closing: 'end' | 'error' | 'truncated' | 'stall'
}

/** When something happens: at a time, or in the middle of a certain hook. */
export type Trigger = { readonly atMs: number } | { readonly atHook: number }

/** A call, whatever it is. */
export interface RandomCall {
  readonly layers: readonly LayerKind[]
  readonly answers: readonly RandomAnswer[]
  readonly consumer: 'read' | 'break' | 'throw' | 'cancel' | 'dispose' | 'result' | 'complete' | 'overlap' | 'nothing'
  /** After how many events it leaves. */
  readonly events: number
  /** How long it takes for each. */
  readonly busyMs: number
  readonly abort: Trigger | undefined
  readonly cancel: Trigger | undefined
  readonly deadlineMs: number | undefined
  /** Which layer wants to know where the time goes, by its depth. */
  readonly timedBy: number | undefined
}

const LAYERS: readonly LayerKind[] = [
  'watch',
  'plain',
  'shout',
  'double',
  'drop',
  'append',
  'peek',
  'retry',
  'wrap',
  'cut',
  'hedge',
  'read',
  'narrow',
  'nest',
]

const answers = fc.record<RandomAnswer>({
  headersMs: fc.constantFrom(0, 0, 5, 20),
  failsBeforeHeaders: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  waitsMs: fc.array(fc.constantFrom(0, 0, -1, 3, 10), { maxLength: 5 }),
  closing: fc.constantFrom('end', 'end', 'end', 'error', 'truncated', 'stall'),
})

const trigger: fc.Arbitrary<Trigger | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 }).map((atMs) => ({ atMs })) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 40 }).map((atHook) => ({ atHook })) },
)

/** Any call. */
export const randomCalls: fc.Arbitrary<RandomCall> = fc.record<RandomCall>({
  layers: fc.array(fc.constantFrom(...LAYERS), { maxLength: 5 }),
  answers: fc.array(answers, { minLength: 1, maxLength: 3 }),
  consumer: fc.constantFrom(
    'read',
    'read',
    'break',
    'throw',
    'cancel',
    'dispose',
    'result',
    'complete',
    'overlap',
    'nothing',
  ),
  events: fc.nat({ max: 4 }),
  busyMs: fc.constantFrom(0, 0, 7),
  abort: trigger,
  cancel: trigger,
  deadlineMs: fc.constantFrom(undefined, undefined, undefined, 15),
  timedBy: fc.constantFrom(undefined, 0, 0, 1, 2),
})
