import type { ByteReader, ClosableFetch, FetchResponse } from './fetch.ts'

/** Dresses transport's lean fetch as the platform's: takes what `fetch` takes, answers with a `Response`. */
export function platformFetchOver(fetchOver: ClosableFetch): typeof fetch & { close(): Promise<void> } {
  const platformFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const headers: Record<string, string> = {}
    request.headers.forEach((value, name) => {
      headers[name] = value
    })
    const body = new Uint8Array(await request.arrayBuffer())
    const { method, signal, url } = request
    return responseOf(await fetchOver(url, { method, headers, body, signal, redirect: 'manual' }))
  }
  return Object.assign(platformFetch, { close: fetchOver.close })
}

/** Statuses whose responses have no body, so that `Response` refuses one. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

function responseOf(answer: FetchResponse): Response {
  const reader = answer.body?.getReader()
  const headers: [string, string][] = []
  answer.headers.forEach((value, name) => {
    headers.push([name, value])
  })
  const body = reader === undefined || BODILESS.has(answer.status) ? null : streamOf(reader)
  return Object.assign(new Response(body, { status: answer.status, headers }), { wireBytes: answer.wireBytes })
}

const streamOf = (reader: ByteReader): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream(
    {
      async pull(controller) {
        const step = await reader.read()
        if (step.done) controller.close()
        else controller.enqueue(step.value as Uint8Array<ArrayBuffer>)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
