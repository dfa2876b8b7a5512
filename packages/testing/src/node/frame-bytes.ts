import type { Network } from '../network.ts'
import type { Wire, WireFrame } from '../wire.ts'

/** A frame as bytes: an event of an event stream, or a line of NDJSON. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function frameBytes(wire: Wire, frame: WireFrame, network: Network): Buffer {
  const { lineEnd = '\n', noSpace, keepAlive } = network
  if (wire.framing === 'ndjson') return Buffer.from(frame.data + lineEnd)
  const colon = noSpace ? ':' : ': '
  const lines = [
    ...(keepAlive === undefined ? [] : [`:${keepAlive}`, '']),
    ...(frame.event === undefined ? [] : [`event${colon}${frame.event}`]),
    ...frame.data.split(/\r\n|\n|\r/).map((line) => `data${colon}${line}`),
    '',
    '',
  ]
  return Buffer.from(lines.join(lineEnd))
}

/** A comment as bytes; an empty line where the wire has no comments. */
export const commentBytes = (wire: Wire, comment: string, network: Network): Buffer => {
  const lineEnd = network.lineEnd ?? '\n'
  return Buffer.from(wire.framing === 'ndjson' ? lineEnd : `: ${comment}${lineEnd}${lineEnd}`)
}

/** The empty line that ends the last event, cut off where a script wants it missing. */
export const withoutFinalNewline = (bytes: Buffer, network: Network): Buffer => {
  const end = network.lineEnd ?? '\n'
  const text = bytes.toString()
  return Buffer.from(text.endsWith(end + end) ? text.slice(0, -2 * end.length) : text.slice(0, -end.length))
}

export const BYTE_ORDER_MARK: Buffer = Buffer.from([0xef, 0xbb, 0xbf])
