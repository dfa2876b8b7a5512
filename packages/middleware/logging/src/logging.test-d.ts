import { type Logger, middleware, pipeline, timingFact } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import winston from 'winston'
import { logging } from './index.ts'

const request = { model: 'm', messages: [] }
const timed = middleware({ name: 'timed', gives: [timingFact] })

// without the layers whose facts it can do without, and outside of those that give them
pipeline(fakeProvider(), logging())
pipeline(fakeProvider(), logging(), timed)

// @ts-expect-error: logging reads the fact 'timing', whose giver must stand further in
pipeline(fakeProvider(), timed, logging())

const chat = pipeline(fakeProvider(), logging(), logging({ name: 'audit' }))
chat(request, { layers: { logging: { level: 'debug', slowMs: false, content: true }, audit: false } })
// @ts-expect-error: no such level
chat(request, { layers: { logging: { level: 'loud' } } })
// @ts-expect-error: the logger is no matter of a call
chat(request, { layers: { audit: { logger: console } } })

// the ending of a callback is one that it can have
logging({ onError: ({ ending }) => ending.error.message })
// @ts-expect-error: a response has no error
logging({ onResponse: ({ ending }) => ending.error })

// winston's own `log` has the form of the contract
export const own: Logger = winston.createLogger()
