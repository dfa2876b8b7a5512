import { type Agent, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** Whether everything was taken, or all but what the answer tells. */
export const isTaken = (status: number): boolean => status >= 200 && status < 300

/** Most that is read of an answer, in bytes; a collector says little. */
const MAX_ANSWER_BYTES = 65_536

/** What is posted. */
export interface Posting {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly agent: Agent
  /** Ends the exchange at any point of it. */
  readonly signal: AbortSignal
}

/** What came back. */
export interface Answer {
  readonly status: number
  /** The reason phrase of the status line. */
  readonly statusText: string
  readonly contentType: string
  readonly retryAfter: string | undefined
  /** The beginning of the body. */
  readonly body: Uint8Array
}

async function read(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    size += chunk.length
    // leaving the loop destroys the rest
    if (size >= MAX_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks)
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const { statusCode = 0, statusMessage = '', headers } = response
  return {
    status: statusCode,
    statusText: statusMessage,
    contentType: headers['content-type'] ?? '',
    retryAfter: headers['retry-after'],
    body: await read(response).catch((error) => {
      // it said that it has taken everything: sent again, it would have it twice
      if (isTaken(statusCode)) return new Uint8Array()
      throw error
    }),
  }
}

/** Posts a body and reads the answer. Rejects where there is none. */
export function post({ url, headers, body, agent, signal }: Posting): Promise<Answer> {
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': String(body.byteLength) },
    agent,
    signal,
  }
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(url, options, (response) => answerOf(response).then(resolve, reject))
    request.on('error', reject)
    request.end(body)
  })
}
