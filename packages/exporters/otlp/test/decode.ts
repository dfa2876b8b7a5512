import { requests } from 'otlp-definitions'
import type { OtlpSignal } from '../src/signal.ts'

/** A value of an attribute, told by its type: `{ stringValue: 'a' }`. */
export type AnyValue = Readonly<Record<string, unknown>>

/** Attributes by name. */
export type ReadAttributes = Readonly<Record<string, AnyValue>>

/** A message of the definitions as plain data: ids as hex, 64-bit numbers as strings, attributes by name. */
export type Message = Readonly<Record<string, unknown>>

/** What was in a request. */
export interface Decoded {
  readonly message: Message
  readonly json: boolean
}

const IDS = new Set(['traceId', 'spanId', 'parentSpanId'])

/** In OTLP's JSON ids are hex, where JSON of protobuf has bytes as base64. */
function idsAsBase64(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(idsAsBase64)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (IDS.has(name)) return [name, Buffer.from(String(each), 'hex').toString('base64')]
      return [name, idsAsBase64(each)]
    }),
  )
}

/** Attributes by name, ids as hex: what tests read. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const entries = Object.entries(value).map(([name, each]) => {
    if (IDS.has(name)) return [name, Buffer.from(each as Uint8Array).toString('hex')]
    if (name !== 'attributes') return [name, readable(each)]
    const pairs = (each as { key: string; value: AnyValue }[]).map((pair) => [pair.key, readable(pair.value)] as const)
    if (new Set(pairs.map(([key]) => key)).size !== pairs.length) throw new Error('an attribute is there twice')
    return [name, Object.fromEntries(pairs)]
  })
  return Object.fromEntries(entries)
}

/** Names of all fields that are there, with their place. */
function fieldsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => fieldsOf(each, `${at}[]`))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [at]
  return Object.entries(value).flatMap(([name, each]) => (each === undefined ? [] : fieldsOf(each, `${at}.${name}`)))
}

/** Decodes a request by OpenTelemetry's definitions. @throws where it is not of their form, also for a field that they do not have. */
export function decoded(signal: OtlpSignal, contentType: string, body: Uint8Array): Decoded {
  const type = requests[signal]
  const plain = { longs: String, enums: Number, bytes: Uint8Array }
  if (contentType === 'application/x-protobuf') {
    return { message: readable(type.toObject(type.decode(body), plain)) as Message, json: false }
  }
  if (contentType !== 'application/json') throw new Error(`content type ${contentType}`)
  const given = idsAsBase64(JSON.parse(Buffer.from(body).toString('utf8'))) as object
  const message = type.toObject(type.fromObject(given), plain)
  const known = new Set(fieldsOf(message))
  const unknown = fieldsOf(given).filter((field) => !known.has(field) && !/\[\]$/.test(field))
  if (unknown.length > 0) throw new Error(`the definitions have no ${unknown.join(', ')}`)
  return { message: readable(message) as Message, json: true }
}
