import { Reply } from '@cepa/core'
import { FINAL_USAGE, runningUsage } from '../stage/answer.ts'
import { readAll } from '../stage/consumer.ts'
import type { World } from '../stage/world.ts'
import { bothTelling, telling } from './both-modes.ts'
import { done, type Expectation, failed, lost } from './expectation.ts'
import { inProcessOnly, noRequest } from './not-here.ts'
import { retry } from './retrying.ts'
import type { ScenarioGroup, SubjectMaker } from './scenario.ts'
import { handling } from './subjects.ts'

/** Output tokens of the answer, and of all attempts together. */
function tokens({ log }: World): Readonly<Record<string, unknown>> {
  const [pass] = log.passes
  const spent = pass?.call.attempts.map(({ usage }) => usage?.outputTokens ?? 0) ?? []
  return {
    answer: pass?.endings[0]?.completion.usage?.outputTokens,
    spent: spent.reduce((sum, each) => sum + each, 0),
  }
}

/** Has no letters, which the capitals of the stack would change on its way through some of the layers only. */
const KEPT = '1 2 3 4'

/** Answers from what it has, and never asks. */
const replaying: SubjectMaker = handling(async (_world, call) => {
  const at = call.clock.now()
  const usage = { ...FINAL_USAGE, source: 'cache' } as const
  return Reply.from([
    { type: 'text', text: KEPT, at },
    { type: 'end', finish: 'stop', usage, at },
  ])
})

const FAILED_WITH_USAGE = failed('ProviderError server', 0, { usage: 'running' })

const REPLAYED: Expectation = {
  caller: { how: 'done', text: KEPT },
  layers: { inside: [], everywhere: done({ text: KEPT, usage: 'cache' }) },
  attempts: [],
  upstream: [],
  told: { answer: 4, spent: 0 },
}

export const ACCOUNTING: ScenarioGroup = {
  title: 'Attempts and usage',
  scenarios: [
    {
      id: 'adapter-sends-again',
      title: 'the adapter sends its request again by itself',
      rules: ['A1'],
      ...bothTelling(
        {
          answer: { rest: { resend: 'token' } },
          expect: {
            caller: { how: 'done', pieces: 4 },
            layers: { everywhere: done() },
            attempts: [lost(failed('Error: fake provider: token')), { ...done(), reason: 'token' }],
            upstream: [{ outcome: 'ended', pieces: 4 }],
            told: { answer: 4, spent: 4 },
          },
        },
        tokens,
      ),
      not: inProcessOnly('the adapter decides when to send again; see its own tests'),
    },
    {
      id: 'usage-of-the-answer',
      title: 'the usage of a failed attempt is spent, and not the answer’s',
      rules: ['A2', 'A1'],
      stream: {
        act: telling(readAll, tokens),
        subject: () => retry(),
        answer: ({ column }, index) =>
          index === 0 ? { steps: [runningUsage(column.via), { error: { kind: 'server' } }] } : {},
        expect: {
          caller: { how: 'done', pieces: 4 },
          layers: { inside: [FAILED_WITH_USAGE, done()], everywhere: done() },
          attempts: [lost(FAILED_WITH_USAGE), done()],
          upstream: [
            { outcome: 'failed', pieces: { process: 1, http: 0 } },
            { outcome: 'ended', pieces: 4 },
          ],
          told: { answer: 4, spent: 5 },
        },
      },
      whole: 'a whole answer that fails tells no usage',
    },
    {
      id: 'replayed-answer',
      title: 'a layer answers from what it has kept',
      rules: ['A1', 'A2'],
      ...bothTelling({ subject: replaying, expect: REPLAYED }, tokens),
      not: noRequest,
    },
  ],
}
