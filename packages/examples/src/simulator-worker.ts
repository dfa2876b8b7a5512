// The simulator in a thread of its own, so that it keeps no process alive that is done with it.
import { parentPort } from 'node:worker_threads'
import { startSimulator } from './simulator.ts'

const { openaiUrl, anthropicUrl } = await startSimulator()
parentPort?.postMessage({ openaiUrl, anthropicUrl })
