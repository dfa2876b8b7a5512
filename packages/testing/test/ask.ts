import type { FakeServer } from '../src/node/index.ts'

/** Asks a server that speaks Chat Completions, as a stream unless told otherwise. */
export const ask = (server: FakeServer, body: object = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'two words' }], stream: true, ...body }),
    ...init,
  })

/** The chunks of a stream that is well formed. */
export const frames = (text: string): unknown[] =>
  text
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => JSON.parse(frame.slice(6)))

/** The text that a stream says. */
export const deltas = (text: string): string =>
  frames(text)
    .map((frame) => (frame as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ?? '')
    .join('')

/** Reads a body to its end, however that comes. */
export async function readAll(response: Response): Promise<{ bytes: number; error?: unknown }> {
  let bytes = 0
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) bytes += chunk.length
  } catch (error) {
    return { bytes, error }
  }
  return { bytes }
}
