import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Cell } from '../matrix/cell.ts'
import type { Selection } from '../matrix/run-matrix.ts'

/** What the thread is asked for. */
export interface Errand {
  readonly selection: Selection
  /** Id of the rule against which a fault is planted, there too. */
  readonly rule?: string
}

/** Runs the lines of the middlewares in a thread of its own: they are as much work as all the rest. */
export async function runBeside(errand: Errand): Promise<readonly Cell[]> {
  const worker = new Worker(new URL('thread.ts', import.meta.url), { workerData: errand })
  // an error of the thread rejects this
  const [cells] = (await once(worker, 'message')) as [readonly Cell[]]
  await worker.terminate()
  return cells
}
