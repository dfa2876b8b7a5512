import { crc32 } from 'node:zlib'

const NAME_LENGTH_BYTES = 1
const STRING_TYPE = 7

function header(name: string, value: string): Buffer {
  const bytes = Buffer.alloc(NAME_LENGTH_BYTES + name.length + 3 + value.length)
  bytes.writeUInt8(name.length, 0)
  bytes.write(name, 1)
  bytes.writeUInt8(STRING_TYPE, 1 + name.length)
  bytes.writeUInt16BE(value.length, 2 + name.length)
  bytes.write(value, 4 + name.length)
  return bytes
}

/** One message of AWS's binary event stream: prelude, headers, payload, each with its checksum. */
function frame(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  const body = Buffer.from(payload)
  const total = 12 + head.length + body.length + 4
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(total, 0)
  prelude.writeUInt32BE(head.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const all = Buffer.concat([prelude, head, body])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(all))
  return Buffer.concat([all, checksum])
}

/** An event as Bedrock sends it: its JSON in base64, in JSON, in a frame. */
export const bedrockChunk = (event: object): Buffer =>
  frame(
    { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' },
    JSON.stringify({ bytes: Buffer.from(JSON.stringify(event)).toString('base64') }),
  )

/** An exception within Bedrock's stream. */
export const bedrockException = (type: string, message: string): Buffer =>
  frame(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    JSON.stringify({ message }),
  )
