import type { Reply } from '@cepa/core'
import { completing, consuming, readAll } from '../stage/consumer.ts'
import type { Hooks } from '../stage/watcher.ts'
import { bothModes } from './both-modes.ts'
import { abandoned, aborted, allEnd, type Expectation } from './expectation.ts'
import { NO_REPLY } from './not-here.ts'
import type { ScenarioGroup } from './scenario.ts'
import { hooking } from './subjects.ts'

const abortAtStart = hooking(({ caller }) => ({
  provide: () => caller.abort(),
}))

/** At the text event of this number. */
const atText = (number: number, act: () => void): Hooks => {
  let texts = 0
  return {
    event: (_call, event) => {
      if (event.type === 'text' && ++texts === number) act()
    },
  }
}

const ABORTED_ON_THE_WAY_IN: Expectation = {
  caller: { how: 'rejected AbortError' },
  layers: { outside: aborted(), subject: aborted(), inside: [] },
  attempts: [],
  upstream: [],
}

const FIRST_TEXT = { process: 1, http: 4 } as const

/** What a hook sets off ends the passes when the event has passed all of them, innermost first. */
export const IN_HOOKS: ScenarioGroup = {
  title: 'Ended from within a hook',
  scenarios: [
    {
      id: 'abort-on-the-way-in',
      title: 'the signal fires while a layer is entered',
      rules: ['E6', 'P1'],
      ...bothModes({ subject: abortAtStart, expect: ABORTED_ON_THE_WAY_IN }),
    },
    {
      id: 'abort-in-an-event-hook',
      title: 'the signal fires in an event hook',
      rules: ['E6', 'P1', 'E1'],
      stream: {
        holdOverHttp: ['middle'],
        subject: hooking(({ caller }) => atText(2, () => caller.abort())),
        act: readAll,
        expect: allEnd('threw AbortError', aborted(2), { outcome: 'closed', pieces: 2 }),
      },
      whole: {
        subject: hooking(({ caller }) => atText(1, () => caller.abort())),
        act: completing,
        expect: allEnd('rejected AbortError', aborted(FIRST_TEXT, { usage: 'none' }), {
          outcome: { process: 'closed', http: 'ended' },
          pieces: FIRST_TEXT,
        }),
      },
    },
    {
      id: 'cancel-in-an-event-hook',
      title: 'the reply is cancelled in an event hook',
      rules: ['E3', 'P1', 'E1'],
      stream: {
        holdOverHttp: ['middle'],
        subject: hooking(({ notes }) => atText(2, () => void (notes.get('reply') as Reply).cancel())),
        act: (world) =>
          consuming(world, async (consumer) => {
            world.notes.set('reply', consumer.reply)
            return (await consumer.rest()).tell()
          }),
        expect: allEnd('left', abandoned(2), { outcome: 'closed', pieces: 2 }),
      },
      whole: NO_REPLY,
    },
  ],
}
