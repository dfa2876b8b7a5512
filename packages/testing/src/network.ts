/** Where in the body something happens: after this many bytes, counted as they travel (compressed, if they are). */
export type Fault =
  /** The connection is reset. */
  | { readonly resetAtByte: number }
  /** The server's side closes without the end of the body that HTTP asks for. */
  | { readonly halfCloseAtByte: number }
  /** The body ends as HTTP asks for, but too early. */
  | { readonly endAtByte: number }
  /** Nothing more comes, and the connection stays open. */
  | { readonly stallAtByte: number }

/** How the bytes of an answer travel. Everything defaults to one write per frame, uncompressed, without a fault. */
export interface Network {
  /** Cuts the body into writes of so many bytes each, or at these offsets. */
  readonly cut?: number | readonly number[]
  /** Wait between writes, in milliseconds. Default: 0. */
  readonly betweenWritesMs?: number
  readonly encoding?: 'gzip' | 'deflate' | 'br'
  readonly fault?: Fault
  /** Wait before the fault, so that the client can read what came before it. In milliseconds; default 0. */
  readonly faultAfterMs?: number
  /** The connection is reset instead of an answer. */
  readonly resetBeforeHeaders?: boolean
  /** Ends of lines of an event stream. Default: `\n`. */
  readonly lineEnd?: '\n' | '\r\n' | '\r'
  /** A byte order mark in front. */
  readonly byteOrderMark?: boolean
  /** No space after the colon of a field. */
  readonly noSpace?: boolean
  /** No empty line behind the last event. */
  readonly noFinalNewline?: boolean
  /** A comment line before every event. */
  readonly keepAlive?: string
  /** Content type instead of the wire's own. */
  readonly contentType?: string
}
