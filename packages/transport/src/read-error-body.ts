import type { Exchange } from './exchange.ts'
import { platform } from './platform.ts'

/** Most bytes of an error's body that are read. */
const MAX_BYTES = 65_536
/** Longest wait for an error's body, in milliseconds: what has come by then must do. */
const MAX_WAIT_MS = 5_000

/** The beginning of a body that is no answer: as JSON where it is JSON, else as text. The exchange is over afterwards. */
export async function readErrorBody(exchange: Exchange): Promise<unknown> {
  const decoder = new platform.TextDecoder()
  const cancelTimer = exchange.call.clock.setTimer(MAX_WAIT_MS, () => exchange.close(), { background: true })
  let text = ''
  try {
    for (let chunk = await exchange.read(); chunk !== null; chunk = await exchange.read()) {
      text += decoder.decode(chunk, { stream: true })
      if (exchange.bytesReceived > MAX_BYTES) break
    }
  } catch {
    // the status is the failure; its explanation broke off
  } finally {
    cancelTimer()
    exchange.drain()
  }
  return parsed(text)
}

const parsed = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : text
  } catch {
    return text
  }
}
