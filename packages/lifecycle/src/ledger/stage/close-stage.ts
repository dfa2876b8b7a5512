import type { Stage } from './stage.ts'

/** What must not be left when everything is over. */
export interface Leftovers {
  /** What telemetry reported of exporters, observers and redaction. */
  readonly problems: readonly string[]
  /** Exporters that have items waiting, or have lost some. */
  readonly undelivered: readonly string[]
  /** Calls that telemetry believes to be running. */
  readonly inFlight: number
  /** Records that were let go, filtered or sampled out. */
  readonly lostRecords: number
  /** Answers that the providers still give. */
  readonly openAnswers: number
  /** Connections to them. */
  readonly sockets: number
  /** Kinds of timers and sockets of the process of which there are more than before. */
  readonly handles: readonly string[]
}

/** Rounds of the event loop that the network and the process are given to let go; rarely used up. */
const ROUNDS = 5_000

async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < ROUNDS && !holds(); round++) await new Promise((resolve) => setImmediate(resolve))
}

/** Timers, sockets and servers that keep the process alive, by kind. */
export function handlesNow(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo())
    if (/TCP|Timeout/.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

const beyond = (before: ReadonlyMap<string, number>): readonly string[] =>
  [...handlesNow()].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind)

/** Closes everything, from the pipelines outward, and tells what was left. */
export async function closeStage({
  chats,
  providers,
  watch,
  otel,
  collector,
  problems,
  handles,
}: Stage): Promise<Leftovers> {
  await Promise.all(Object.values(chats).map((chat) => chat.close()))
  const servers = Object.values(providers).map(({ server }) => server)
  const count = (of: (server: (typeof servers)[number]) => number): number =>
    servers.reduce((sum, server) => sum + of(server), 0)
  await until(() => count(({ openSockets }) => openSockets) === 0)
  const [openAnswers, sockets] = [count(({ open }) => open), count(({ openSockets }) => openSockets)]
  await Promise.all([...servers.map((server) => server.close()), otel.close(), collector.close()])
  await until(() => beyond(handles).length === 0)
  const { exporters, inFlight, records, kept, withheld, overrun } = watch.stats()
  const stuck = exporters.filter(({ waiting, lost }) => waiting > 0 || Object.keys(lost).length > 0)
  return {
    problems,
    undelivered: stuck.map(({ name, waiting, lost }) => `${name}: ${waiting} wait, lost ${JSON.stringify(lost)}`),
    inFlight,
    lostRecords: records - kept + withheld + overrun,
    openAnswers,
    sockets,
    handles: beyond(handles),
  }
}
