import { openai } from '@cepa/adapter-openai'
import type { Adapter, AdapterCall } from '@cepa/core'
import { fakeServer } from '@cepa/testing/node'
import { turns } from './patience.ts'
import type { StartUpstream, UpstreamRequest } from './upstream.ts'

type Server = Awaited<ReturnType<typeof fakeServer>>

/** Rounds of the event loop that the network is given to carry what is on its way; enough for a busy machine, rarely used up. */
const ROUNDS = 5_000

async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < ROUNDS && !holds(); round++) await turns(1)
}

/** Sockets, servers and timers that keep this process alive, by kind. */
function handlesOf(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (/TCP|Timeout|PIPE|TTY/.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

const beyond = (before: ReadonlyMap<string, number>): readonly string[] =>
  [...handlesOf()].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind)

/** The adapter, which also remembers the calls that it was given. */
function remembering(adapter: Adapter, calls: Set<AdapterCall>): Adapter {
  return {
    ...adapter,
    handle: (call) => {
      calls.add(call)
      return adapter.handle(call)
    },
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** Whether the client has all that the server has sent of answers that still go on. */
function hasArrived(server: Server, calls: ReadonlySet<AdapterCall>): boolean {
  const sent = server.ledger.filter(({ outcome }) => outcome === 'open')
  const attempts = [...new Set([...calls].flatMap((call) => call.attempts))].filter(
    ({ ending }) => ending === undefined,
  )
  const headers = sent.filter(({ status }) => status !== undefined).length
  const received = attempts.filter(({ status }) => status !== undefined).length
  return (
    received >= headers &&
    sum(attempts.map(({ bytesReceived = 0 }) => bytesReceived)) >= sum(sent.map(({ bytesDecoded }) => bytesDecoded))
  )
}

function requestsOf({ ledger }: Server): readonly UpstreamRequest[] {
  return ledger.map(({ outcome, charged, endedAt, bytesWritten }) => ({
    outcome,
    charged,
    ...(endedAt !== undefined && { endedAt }),
    handedOut: bytesWritten,
    broken: [],
  }))
}

/** A real server on loopback that speaks as OpenAI does, and the adapter for it with connections of its own. */
export const startHttp: StartUpstream = async ({ script, clock }) => {
  const before = handlesOf()
  const server = await fakeServer(script, { clock })
  const own = openai({ apiKey: 'key', baseUrl: server.url })
  const calls = new Set<AdapterCall>()
  return {
    adapter: remembering(own, calls),
    tellsRunningUsage: (mode) => mode === 'stream',
    get requests() {
      return requestsOf(server)
    },
    carried: () => until(() => hasArrived(server, calls)),
    settled: () => server.quiet(),
    async release() {
      await own.close?.()
      await until(() => server.openSockets === 0)
      const { open, openSockets } = server
      await server.close()
      await until(() => beyond(before).length === 0)
      return { answers: open, sockets: openSockets, handles: beyond(before) }
    },
  }
}
