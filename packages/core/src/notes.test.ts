import { recorder } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import { errorOf, handling, request, saying } from '../test/onion.ts'
import {
  type Call,
  type Fault,
  faultNote,
  type MiddlewareSpec,
  middleware,
  type Note,
  noteKey,
  pipeline,
} from './index.ts'

const helloNote = noteKey<string>('hello')
const otherNote = noteKey<number>('other')

describe('N1: notes', () => {
  it('N1: reach the layers outside of their emitter, innermost first, and no others', async () => {
    const seen = recorder()
    const emitting = middleware({ name: 'emitting', event: (call) => call.emit(helloNote, 'hi') })
    const chat = pipeline(
      pipeline({ adapter: saying(), layers: [seen.layer('nested'), emitting, seen.layer('inside')], name: 'inner' }),
      seen.layer('outer'),
      handling('control', (call, next) => next(call)),
      seen.layer('middle'),
    )
    await chat.complete(request)
    expect(seen.log.filter((line) => line.includes('hello'))).toEqual([
      'nested.note hello',
      'middle.note hello',
      'outer.note hello',
    ])
  })

  it('N1: say who told them, when and what; a key knows its own', async () => {
    const notes: Note[] = []
    const listening = middleware({ name: 'listening', note: (_call, note) => void notes.push(note) })
    const emitting = middleware({
      name: 'emitting',
      start(call) {
        call.emit(helloNote, 'hi')
        call.emit(otherNote, 7)
      },
    })
    const told: string[] = []
    await pipeline(saying(), listening, emitting).complete(request)
    for (const note of notes) if (helloNote.is(note)) told.push(note.value.toUpperCase())
    expect(told).toEqual(['HI'])
    expect(notes.slice(0, 2)).toMatchObject([
      { key: helloNote, value: 'hi', from: 'emitting', at: expect.any(Number) },
      { key: otherNote, value: 7, from: 'emitting' },
    ])
  })

  it.each(['provide', 'start', 'firstToken', 'event', 'note', 'end', 'handle'] as const)(
    'N1: can be told from %s',
    async (hook) => {
      const heard: string[] = []
      const listening = middleware({ name: 'listening', note: (_call, { key }) => void heard.push(key.name) })
      const emitting = middleware({
        name: 'emitting',
        [hook]: (call: Call<never>, next: (call: Call) => unknown) => {
          call.emit(helloNote, hook)
          return hook === 'handle' ? next(call) : undefined
        },
      } as MiddlewareSpec)
      await pipeline(saying('a'), listening, emitting).complete(request)
      expect(heard).toContain('hello')
    },
  )

  it('N1: hears() says whether anybody would', async () => {
    const heard: boolean[] = []
    const asking = (name: string) => middleware({ name, start: (call) => void heard.push(call.hears()) })
    const listening = middleware({ name: 'listening', note() {} })
    await pipeline(saying(), asking('outside'), listening, asking('inside')).complete(request)
    await pipeline(pipeline(saying(), asking('nested')), listening).complete(request)
    await pipeline(saying(), asking('alone')).complete(request)
    expect(heard).toEqual([false, true, true, false])
  })

  it('N1: nobody hears one after its pass has ended', async () => {
    const heard: string[] = []
    let late: Call | undefined
    const listening = middleware({ name: 'listening', note: (_call, { key }) => void heard.push(key.name) })
    const keeping = middleware({
      name: 'keeping',
      start: (call) => {
        late = call as Call
      },
    })
    await pipeline(saying(), listening, keeping).complete(request)
    heard.length = 0
    expect(late?.hears()).toBe(false)
    late?.emit(helloNote, 'too late')
    expect(heard).toEqual([])
  })

  it('N1: an abort from a note hook waits until all have heard the note', async () => {
    const seen = recorder()
    const controller = new AbortController()
    const aborting = middleware({
      name: 'aborting',
      note: (_call, note) => {
        if (helloNote.is(note)) controller.abort()
      },
    })
    const emitting = handling('emitting', (call, next) => {
      call.emit(helloNote, 'hi')
      return next(call)
    })
    const chat = pipeline(saying('a'), seen.layer('outer'), aborting, emitting)
    expect(await errorOf(chat, 'stream', { signal: controller.signal })).toMatchObject({ name: 'AbortError' })
    expect(seen.log).toEqual(['outer.provide', 'outer.start', 'outer.note hello', 'outer.end aborted'])
  })

  it('N1: a fault that is heard goes to the layers outside, not to the report; one that nobody hears goes there', async () => {
    const reported: Fault[] = []
    const heard: Fault[] = []
    const bad = (name: string) =>
      middleware({
        name,
        end() {
          throw new Error(name)
        },
      })
    const listening = middleware({
      name: 'listening',
      note: (_call, note) => {
        if (faultNote.is(note)) heard.push(note.value)
      },
    })
    const report = (fault: Fault) => void reported.push(fault)
    await pipeline({ adapter: saying(), layers: [bad('outside'), listening, bad('inside')], report }).complete(request)
    expect(heard.map(({ middleware }) => middleware)).toEqual(['inside'])
    expect(reported.map(({ middleware }) => middleware)).toEqual(['outside'])
  })

  it('N1: a fault in a note hook goes to the report, even where it would be heard, and harms no other listener', async () => {
    const reported: Fault[] = []
    const seen = recorder()
    const bad = middleware({
      name: 'bad',
      note() {
        throw new Error('deaf')
      },
    })
    const emitting = middleware({ name: 'emitting', start: (call) => call.emit(helloNote, 'hi') })
    const report = (fault: Fault) => void reported.push(fault)
    await pipeline({ adapter: saying(), layers: [seen.layer('outer'), bad, emitting], report }).complete(request)
    expect(reported).toMatchObject([{ middleware: 'bad', hook: 'note' }])
    expect(seen.log).toContain('outer.note hello')
    expect(seen.log).not.toContain('outer.note fault')
  })

  it('N1: faults of nested layers reach the layers around their pipeline', async () => {
    const seen = recorder()
    const bad = middleware({
      name: 'bad',
      start() {
        throw new Error('bad')
      },
    })
    await pipeline(pipeline(saying(), bad), seen.layer('outer')).complete(request)
    expect(seen.log).toContain('outer.note fault')
  })
})
