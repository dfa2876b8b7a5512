import { AsyncLocalStorage } from 'node:async_hooks'
import type { GroupSpanHost, GroupSpans } from '@cepa/core'
import { CallGroup, type Group, type GroupOptions } from '../group/group.ts'

/** Groups that calls find by themselves: those that are made within `run`, however deep. */
export interface GroupScope extends GroupSpanHost {
  /** The innermost group that runs here. */
  active(): Group | undefined
  /**
   * Runs a function in a group of its own, within the one that runs here, and ends the group with it: failed where it throws. With
   * `tracing()` in a stack that has the scope, the group's span begins here, in the active one, and is the active one within.
   *
   * @example
   * const answer = await scope.run('research agent', async () => chat.complete(question))
   */
  run<T>(name: string, work: (group: Group) => T, options?: GroupOptions): T
}

const isPromise = <T>(value: T): value is T & Promise<Awaited<T>> => value instanceof Promise

/**
 * Makes a scope for groups by Node's `AsyncLocalStorage`. Hand it to `telemetry({ scope })`; a call whose caller names a `parent`
 * belongs to that.
 *
 * @example
 * const scope = groupScope()
 * const chat = pipeline(openai(), telemetry({ scope, exporters }))
 * await scope.run('nightly batch', () => Promise.all(prompts.map((prompt) => chat.complete(prompt))))
 */
export function groupScope(): GroupScope {
  const storage = new AsyncLocalStorage<CallGroup>()
  let spans: GroupSpans | undefined
  return {
    active: () => storage.getStore(),
    spanGroupsBy(make) {
      spans ??= make
    },
    run(name, work, options = {}) {
      const outer = storage.getStore()
      const group = new CallGroup(name, outer ? { parent: outer, ...options } : options)
      if (spans) group.spanBy(spans)
      return storage.run(group, () => group.run(() => ending(group, () => work(group))))
    },
  }
}

/** Runs work and ends its group, at once or when its promise has settled. */
function ending<T>(group: Group, work: () => T): T {
  let result: T
  try {
    result = work()
  } catch (error) {
    group.end(error)
    throw error
  }
  if (!isPromise(result)) {
    group.end()
    return result
  }
  return result.then(
    (value) => {
      group.end()
      return value
    },
    (error) => {
      group.end(error)
      throw error
    },
  ) as T
}
