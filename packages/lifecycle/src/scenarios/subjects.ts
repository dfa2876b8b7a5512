import type { Call, Handler, Reply, Traits } from '@cepa/core'
import { type Hooks, watching } from '../stage/watcher.ts'
import type { World } from '../stage/world.ts'
import type { SubjectMaker } from './scenario.ts'

/** What a controlling subject does. */
export type Handle = (world: World, call: Call, next: Handler) => Promise<Reply>

/** A subject that controls. */
export const handling =
  (handle: Handle, traits: Traits = {}): SubjectMaker =>
  (world) => ({
    subject: {
      name: 'subject',
      make: watching({ traits, handle: (call, next) => handle(world, call, next) }),
      controls: true,
    },
  })

/** A subject that may call next as often as it likes. */
export const repeating = (handle: Handle): SubjectMaker => handling(handle, { repeats: true })

/** A subject that only watches, and whose hooks do something. */
export const hooking =
  (hooks: (world: World) => Hooks): SubjectMaker =>
  (world) => ({ subject: { name: 'subject', make: watching({ hooks: hooks(world) }) } })
