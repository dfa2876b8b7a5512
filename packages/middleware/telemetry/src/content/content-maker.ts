import type { CallRecord, RecordedContent, Redactor } from '@cepa/core'
import type { Capture } from '../call-settings.ts'
import type { Problem } from '../problem.ts'
import type { FinishedCall } from '../record/finished-call.ts'
import type { Redaction } from '../redaction.ts'
import { type CaptureRules, capturedContent, type Said } from './capture.ts'
import { type KeyedHash, keyedHash } from './hash.ts'
import { hashedContent } from './hashed.ts'

/** What content is made by. */
export interface ContentOptions {
  readonly redaction: Redaction
  readonly redact: Redactor | undefined
  readonly maxBytes: number
  readonly hashKey: string | undefined
  readonly report: (problem: Problem) => void
}

const PARTS: Readonly<Record<'request' | 'answer' | 'all', readonly ('request' | 'answer')[]>> = {
  request: ['request'],
  answer: ['answer'],
  all: ['request', 'answer'],
}

/** Adds content to records, for those who asked for it. */
export class ContentMaker {
  readonly #options: ContentOptions
  readonly #hash: KeyedHash | undefined

  constructor(options: ContentOptions) {
    this.#options = options
    this.#hash = options.hashKey === undefined ? undefined : keyedHash(options.hashKey)
  }

  /** Whether there is a key to hash by. */
  get canHash(): boolean {
    return this.#hash !== undefined
  }

  /** The record with its content; a promise where that is hashed, which rejects where there can be none. */
  addTo(record: CallRecord, finished: FinishedCall, capture: Capture): CallRecord | Promise<CallRecord> {
    if (capture === 'none' || finished.asked === undefined) return record
    const said: Said = {
      operation: finished.call.operation,
      asked: finished.asked,
      completion: finished.ending.completion,
    }
    const { redaction, redact, maxBytes, report } = this.#options
    if (capture === 'hashes') {
      if (this.#hash === undefined) return record
      return hashedContent(said, this.#hash).then((content) => withContent(record, content))
    }
    const failed = (error: unknown) =>
      report({ where: 'redactor', error: error instanceof Error ? error : new Error(String(error)) })
    const rules: CaptureRules = { redact, scrub: redaction.scrub, maxBytes, failed }
    const content = capturedContent(said, PARTS[capture], rules)
    return withContent(record, redaction.content(content))
  }
}

const withContent = (record: CallRecord, content: RecordedContent): CallRecord =>
  Object.keys(content).length === 0 ? record : { ...record, content }
