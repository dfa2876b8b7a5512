// Loaded before each example of the documentation: the simulator stands in for the providers, by the variables that adapters read.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

// without the flags of this process: one of them loads this very module
const worker = new Worker(new URL('./simulator-worker.ts', import.meta.url), { execArgv: [] })
const [{ openaiUrl, anthropicUrl }] = await once(worker, 'message')
worker.unref()

process.env.OPENAI_BASE_URL = openaiUrl
process.env.OPENAI_API_KEY = 'sk-simulator'
process.env.ANTHROPIC_BASE_URL = anthropicUrl
process.env.ANTHROPIC_API_KEY = 'sk-ant-simulator'
