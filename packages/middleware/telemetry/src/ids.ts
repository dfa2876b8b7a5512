const { crypto } = globalThis as unknown as { crypto: { randomUUID(): string } }

/** An id for a record or a group: a UUID. */
export const newId = (): string => crypto.randomUUID()

/** A trace id: 32 digits of hex, of which the last 14, by which traces are sampled, are random. */
export const newTraceId = (): string => crypto.randomUUID().replaceAll('-', '')

/** A span id: 16 digits of hex, of the random part of a UUID; never all 0, because its version is in it. */
export const newSpanId = (): string => {
  const id = crypto.randomUUID()
  return id.slice(0, 8) + id.slice(14, 18) + id.slice(24, 28)
}
