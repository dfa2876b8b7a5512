import type { Fault } from './faults.ts'

/** The data of an event stream's events, from bytes that are cut anywhere. */
export class SseLines {
  readonly #faults: ReadonlySet<Fault>
  #decoder = new TextDecoder()
  #rest = ''
  #data: string[] = []

  constructor(faults: ReadonlySet<Fault>) {
    this.#faults = faults
  }

  /** The events that became whole with these bytes. */
  feed(bytes: Uint8Array): string[] {
    const text = this.#faults.has('characters cut at chunks')
      ? new TextDecoder().decode(bytes)
      : this.#decoder.decode(bytes, { stream: true })
    this.#rest += text
    // a CR at the end may be the first half of a CR LF
    const ready = this.#rest.endsWith('\r') ? this.#rest.slice(0, -1) : this.#rest
    const lines = ready.split(this.#faults.has('lines end with LF only') ? '\n' : /\r\n|\n|\r/)
    this.#rest = (lines.pop() ?? '') + this.#rest.slice(ready.length)
    return lines.flatMap((line) => this.#line(line))
  }

  /** What is left when the stream has ended. */
  rest(): string[] {
    return [...this.#line(this.#rest.replace(/\r$/, '')), ...this.#line('')]
  }

  #line(line: string): string[] {
    if (line === '') {
      const data = this.#data.splice(0)
      return data.length > 0 ? [data.join('\n')] : []
    }
    if (line.startsWith(':') && this.#faults.has('fails on comments')) throw new Error('a comment')
    const field = this.#faults.has('wants a space behind the colon') ? /^data: (.*)$/ : /^data: ?(.*)$/
    const data = field.exec(line)?.[1]
    if (data !== undefined) this.#data.push(data)
    return []
  }
}
