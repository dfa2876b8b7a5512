import { encodeText, platform } from './platform.ts'
import { MAX_EVENT_BYTES, type WireLimits } from './sse.ts'
import { tooLarge, type WireMessage, type WireParser } from './wire.ts'

/** Most bytes that a UTF-16 code unit takes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3

/**
 * The parser of newline-delimited JSON: one message a line, empty lines skipped; a last line without its newline is told as
 * `tail`.
 *
 * @see https://github.com/ndjson/ndjson-spec
 *
 * @example
 * const parser = ndjsonParser({ provider: 'ollama' })
 * parser.push(bytes, (message) => console.log(message.text))
 */
export function ndjsonParser({ provider, maxEventBytes = MAX_EVENT_BYTES }: WireLimits): WireParser {
  const decoder = new platform.TextDecoder()
  // pieces of the unfinished line; joined once, so that a long line in many pieces stays linear
  let pieces: string[] = []
  let length = 0
  const check = (line: string): string => {
    const large = line.length * MAX_BYTES_PER_UNIT > maxEventBytes
    if (large && (line.length > maxEventBytes || encodeText(line).length > maxEventBytes)) {
      throw tooLarge(provider, 'a line', `maxEventBytes (${maxEventBytes})`)
    }
    return line
  }
  const takeLine = (last: string): string => {
    const line = pieces.length === 0 ? last : pieces.join('') + last
    pieces = []
    length = 0
    return check(line).trim()
  }
  const keep = (piece: string): void => {
    if (piece === '') return
    pieces.push(piece)
    length += piece.length
    if (length > maxEventBytes) throw tooLarge(provider, 'a line', `maxEventBytes (${maxEventBytes})`)
  }
  const feed = (text: string, tell: (message: WireMessage) => void): void => {
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = takeLine(text.slice(start, end))
      start = end + 1
      if (line !== '') tell({ text: line })
    }
    keep(text.slice(start))
  }
  return {
    push: (bytes, tell) => feed(decoder.decode(bytes, { stream: true }), tell),
    end(tell) {
      const line = takeLine(decoder.decode())
      if (line !== '') tell({ text: line, tail: true })
    },
  }
}
