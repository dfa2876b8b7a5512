import {
  type AnyMiddleware,
  type Call,
  detachedEndNote,
  flag,
  type Middleware,
  middleware,
  type OptionRules,
  retryNote,
  type Tokenizer,
} from '@cepa/core'
import { cache } from '@cepa/middleware-cache'
import { logging } from '@cepa/middleware-logging'
import { requestId } from '@cepa/middleware-request-id'
import { retry } from '@cepa/middleware-retry'
import type { Telemetry } from '@cepa/middleware-telemetry'
import { timeout } from '@cepa/middleware-timeout'
import { tokenCount } from '@cepa/middleware-token-count'
import { metering, tracing } from '@cepa/opentelemetry'
import { wordsIn } from '../account/tokens.ts'
import type { Cues } from '../script/cues.ts'
import type { OpenTelemetry } from './open-telemetry.ts'
import { LINE_HEADER } from './provider.ts'
import { TARIFF } from './tariff.ts'

/** What the key of a detached call ends with. */
export const DETACHED = '.detached'

/** Longer than the script takes, in milliseconds: for the calls that are to meet no limit. */
const NEVER_MS = 60_000

const WORDS: Tokenizer = { name: 'words', count: wordsIn }

/** The outermost layer, which tells the script what it waits for. */
const witness = (cues: ReadonlyMap<string, Cues>): Middleware<'witness'> => {
  const of = ({ caller }: Call): Cues | undefined => cues.get(caller.requestId ?? '')
  return middleware<'witness', number>({
    name: 'witness',
    // a moment after the pass began, so that what is overcounted is not made out to be less than it is
    start: (call) => call.clock.now(),
    note(call, note) {
      if (detachedEndNote.is(note)) of(call)?.detachedEnded.give()
      else if (retryNote.is(note) && 'delayMs' in note.value) of(call)?.retrying.give()
    },
    end(call, { kind, at, providerMs, consumerMs }, startedAt) {
      const overcountedMs = Math.max(0, providerMs + consumerMs - (at - startedAt))
      of(call)?.ended.give({ kind, overcountedMs })
    },
  })
}

interface WarmingOptions {
  readonly on?: boolean
}

const WARMING_RULES: OptionRules<WarmingOptions> = { on: flag() }

/** Asks a second time where a call wants it, by a call of its own that nobody waits for. */
const warming = (): AnyMiddleware =>
  middleware<'warming', undefined, readonly [], readonly [], WarmingOptions>({
    name: 'warming',
    identity: '',
    perCall: WARMING_RULES,
    handle(call, next) {
      if (call.options?.on) {
        const headers = { [LINE_HEADER]: `${call.headers[LINE_HEADER]}${DETACHED}` }
        const detached = call.detach('warming').with({ headers })
        void next(detached)
          .then((reply) => reply.result())
          .catch(() => undefined)
      }
      return next(call)
    },
  }) as object as AnyMiddleware

/** What the layers of the script are made of. */
export interface LayerParts {
  readonly cues: ReadonlyMap<string, Cues>
  readonly watch: Telemetry
  readonly otel: OpenTelemetry
}

/** The stack that every call of the script runs through, outermost first. */
export const layersFor = ({ cues, watch, otel }: LayerParts): readonly AnyMiddleware[] => [
  witness(cues),
  requestId(),
  tracing({ tracer: otel.tracer }),
  metering({ meter: otel.meter }),
  watch,
  logging({ level: 'silent' }),
  cache({ scope: (call) => call.attributes.tenant ?? 'nobody' }),
  warming(),
  tokenCount({ prices: TARIFF, tokenizer: WORDS }),
  retry({ attempts: 3, minDelayMs: 1, maxDelayMs: 2, budget: false }),
  timeout({ headersMs: NEVER_MS, idleMs: NEVER_MS }),
]
