import type { Answer, Failure, Step } from '@cepa/testing'
import type { Cues } from '../cues.ts'
import type { Draft, Turn } from '../scene.ts'

/** The words from one on, up to another: `word-1 word-2`. */
const wordSteps = (from: number, to: number): readonly Step[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => ({
    text: `${from + index === 0 ? '' : ' '}word-${from + index + 1}`,
  }))

/** What all answers to a draft have in common. */
const head = ({ inputTokens, encoding, usage }: Draft): Answer => ({
  inputTokens,
  ...(encoding && { network: { encoding } }),
  ...(usage === false && { usage }),
})

/** What corrects the count stands behind what is counted; a provider that tells the input first looks ahead to it. */
const usageSteps = ({ usage }: Draft): readonly Step[] => (usage ? [{ usage }] : [])

/** The provider says so many words and then does something else. */
const wordsThen = (draft: Draft, words: number, then: (cues: Cues) => readonly Step[]) => (cues: Cues) => ({
  ...head(draft),
  steps: [...wordSteps(0, words), ...then(cues), ...usageSteps(draft)],
})

/** All of an answer. */
export const answered = (draft: Draft): Turn => ({
  answer: draft.operation === 'embed' ? () => head(draft) : wordsThen(draft, draft.words, () => []),
  ends: 'done',
  heard: true,
  usageRead: 'all',
  whole: true,
})

/** A whole answer of which less was read than was said: the reader leaves. */
export const leftAlone = (draft: Draft, ends: Turn['ends']): Turn => ({
  ...answered(draft),
  ends,
  usageRead: 'start',
  whole: false,
})

/** An HTTP error. */
export const refused = (draft: Draft, failure: Failure, errorKind: string): Turn => ({
  answer: () => ({ ...head(draft), failure }),
  ends: 'failed',
  errorKind,
  heard: true,
  usageRead: 'nothing',
  whole: true,
  free: true,
})

/** An error within an answer with status 200, after some words. */
export const brokenOff = (draft: Draft, words: number): Turn => ({
  answer: wordsThen(draft, words, () => [{ error: { kind: 'server', message: 'the model fell over' } }]),
  ends: 'failed',
  errorKind: 'server',
  heard: true,
  usageRead: 'start',
  whole: true,
  free: words === 0,
})

/** An answer that ends well-formed and too early. A whole one has no body at all. */
export const truncated = (draft: Draft, words: number): Turn => ({
  answer: wordsThen(draft, words, () => [{ truncate: true }]),
  ends: 'failed',
  errorKind: 'truncated',
  heard: true,
  usageRead: draft.mode === 'stream' ? 'start' : 'nothing',
  whole: true,
})

/** The connection is reset once the reader has read the words. */
export const reset = (draft: Draft, words: number): Turn => ({
  answer: wordsThen(draft, words, ({ read }) => [{ until: read.given }, { reset: true }]),
  ends: 'failed',
  errorKind: 'network',
  heard: true,
  usageRead: 'start',
  whole: false,
})

/** The connection is reset instead of an answer. */
export const resetAtOnce = (draft: Draft): Turn => ({
  answer: () => ({ ...head(draft), network: { resetBeforeHeaders: true } }),
  ends: 'failed',
  errorKind: 'network',
  heard: false,
  usageRead: 'nothing',
  whole: false,
  free: true,
})

/** Some words, then silence, until the client leaves. A whole answer never comes. */
export const stalled = (draft: Draft, words: number, ends: Turn['ends']): Turn => ({
  answer: wordsThen(draft, words, () => [{ stall: true }]),
  ends,
  heard: draft.mode === 'stream',
  usageRead: draft.mode === 'stream' ? 'start' : 'nothing',
  whole: false,
})

/** Not even headers. */
export const silent = (draft: Draft, ends: Turn['ends']): Turn => ({
  answer: () => ({ ...head(draft), noHeaders: true }),
  ends,
  heard: false,
  usageRead: 'nothing',
  whole: false,
})
