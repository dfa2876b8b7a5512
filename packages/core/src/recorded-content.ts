/** One message: its role and its content as it passed the redactor. Bytes of images and files are told by their number. */
export interface RecordedMessage {
  readonly role: string
  readonly content: string | readonly unknown[]
}

/** A tool that the answer asks for. */
export interface RecordedToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
}

/** What one candidate said. */
export interface RecordedAnswer {
  readonly text?: string
  readonly reasoning?: string
  readonly toolCalls?: readonly RecordedToolCall[]
}

/** Keyed hashes instead of content: the same text under the same key has the same hash. Each `hmac-sha256:` and 64 digits of hex. */
export interface RecordedHashes {
  /** One for each message, in order. */
  readonly messages?: readonly string[]
  /** One for each text to be embedded. */
  readonly inputs?: readonly string[]
  /** Of the whole answer. */
  readonly answer?: string
}

/** Content, as far as it was asked for; redacted, then cut. */
export interface RecordedContent {
  /** What was asked, the newest messages where they were too long together. */
  readonly messages?: readonly RecordedMessage[]
  /** What was to be embedded. */
  readonly inputs?: readonly string[]
  /** What was said, as far as it came; one for each candidate. */
  readonly answers?: readonly RecordedAnswer[]
  readonly hashes?: RecordedHashes
  /** There was more: at least so many bytes of UTF-8 were left out. */
  readonly cutBytes?: number
  /** Parts that are not shown because the redactor failed on them. */
  readonly withheld?: readonly ('request' | 'answer')[]
}
