import { Writable } from 'node:stream'
import { type Logger, pipeline } from '@cepa/core'
import { fakeProvider, outcomeOf } from '@cepa/testing'
import { configure, getLogger, type LogRecord, reset } from '@logtape/logtape'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import bunyan from 'bunyan'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import winston from 'winston'
import { bunyanLogger } from './bunyan.ts'
import { logging } from './index.ts'
import { logTapeLogger } from './logtape.ts'
import { openTelemetryLogger } from './opentelemetry.ts'
import { pinoLogger } from './pino.ts'
import { winstonLogger } from './winston.ts'

/** One line as a backend wrote it. */
interface Written {
  readonly level: unknown
  readonly message: unknown
  readonly fields: Readonly<Record<string, unknown>>
}

interface Backend {
  readonly logger: Logger
  /** Everything written so far. */
  written(): Promise<readonly Written[]>
}

/** A stream that keeps the JSON lines that are written to it. */
function jsonLines() {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).split('\n')) if (line) lines.push(JSON.parse(line))
      done()
    },
  })
  const written = (message: string) => async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return lines.map(({ level, [message]: text, ...fields }) => ({ level, message: text, fields }))
  }
  return { stream, written }
}

const backends: Record<string, () => Promise<Backend>> = {
  pino: async () => {
    const { stream, written } = jsonLines()
    return { logger: pinoLogger(pino({ level: 'debug' }, stream)), written: written('msg') }
  },
  bunyan: async () => {
    const { stream, written } = jsonLines()
    const logger = bunyan.createLogger({ name: 'app', level: 'debug', stream })
    return { logger: bunyanLogger(logger), written: written('msg') }
  },
  'pino as bunyan-shaped': async () => {
    const { stream, written } = jsonLines()
    return { logger: bunyanLogger(pino({ level: 'debug' }, stream)), written: written('msg') }
  },
  winston: async () => {
    const { stream, written } = jsonLines()
    const { combine, splat, json } = winston.format
    const transports = [new winston.transports.Stream({ stream })]
    const logger = winston.createLogger({ level: 'debug', format: combine(splat(), json()), transports })
    return { logger: winstonLogger(logger), written: written('message') }
  },
  'winston with the levels of syslog': async () => {
    const { stream, written } = jsonLines()
    const transports = [new winston.transports.Stream({ stream })]
    const logger = winston.createLogger({ level: 'debug', levels: winston.config.syslog.levels, transports })
    return { logger: winstonLogger(logger), written: written('message') }
  },
  LogTape: async () => {
    const records: LogRecord[] = []
    const sinks = { memory: (record: LogRecord) => void records.push(record) }
    const loggers = [
      { category: 'app', lowestLevel: 'debug' as const, sinks: ['memory' as const] },
      { category: ['logtape', 'meta'], lowestLevel: 'error' as const, sinks: [] },
    ]
    await configure({ reset: true, sinks, loggers })
    const written = async () =>
      records.map(({ level, message, properties }) => ({ level, message: message.join(''), fields: properties }))
    return { logger: logTapeLogger(getLogger('app')), written }
  },
  OpenTelemetry: async () => {
    const exporter = new InMemoryLogRecordExporter()
    const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] })
    const written = async () => {
      await provider.forceFlush()
      return exporter
        .getFinishedLogRecords()
        .map(({ severityText, body, attributes }) => ({ level: severityText, message: body, fields: attributes }))
    }
    return { logger: openTelemetryLogger(provider.getLogger('app')), written }
  },
}

/** What each backend calls debug, info, warn and error. */
const levels: Record<string, readonly unknown[]> = {
  pino: [20, 30, 40, 50],
  bunyan: [20, 30, 40, 50],
  'pino as bunyan-shaped': [20, 30, 40, 50],
  winston: ['debug', 'info', 'warn', 'error'],
  'winston with the levels of syslog': ['debug', 'info', 'warning', 'error'],
  LogTape: ['debug', 'info', 'warning', 'error'],
  OpenTelemetry: ['DEBUG', 'INFO', 'WARN', 'ERROR'],
}

afterEach(() => reset())

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

describe.each(Object.entries(backends))('%s, the real library', (name, make) => {
  test('gets every level by its own name, the sentence as it is, and the fields', async () => {
    const { logger, written } = await make()
    const message = 'in {braces} %s %d 100%% $& `done`'
    const fields = { requestId: 'r-1', prompt_tokens: 12, attributes: { tenant: 'a' }, unread: false }
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger.log(level, message, fields)
    const lines = await written()
    expect(lines.map(({ level }) => level)).toEqual(levels[name])
    for (const line of lines) expect(line).toMatchObject({ message, fields })
  })

  test('writes a line for each call through the pipeline', async () => {
    const { logger, written } = await make()
    const provider = fakeProvider(({ index }) =>
      index === 0 ? 'Hello' : { failure: { status: 500, message: 'oh {no}' } },
    )
    const chat = pipeline(provider, logging({ logger }))
    await chat.complete(request, { attributes: { tenant: 'a' } })
    await outcomeOf(chat.complete(request))
    const lines = await written()
    expect(lines).toMatchObject([
      {
        level: levels[name]?.[1],
        message: expect.stringMatching(/^fake\/m done in .* tokens · tenant=a$/),
        fields: { ending: 'done', prompt_tokens: 1, completion_tokens: 1, attributes: { tenant: 'a' } },
      },
      {
        level: levels[name]?.[3],
        message: expect.stringContaining('server 500: oh {no}'),
        fields: { ending: 'failed', errorKind: 'server', status: 500 },
      },
    ])
  })
})

test('pinoLogger makes a pino of its own where none is given', () => {
  expect(pinoLogger().log).toBeTypeOf('function')
})
