import type { NestedStack } from './assembly.ts'

const STACK: unique symbol = Symbol('cepa.stack')

/** Lets a pipeline or a route tell the pipeline around it which layers and facts it has. */
export const tellStack = <A extends object>(adapter: A, stack: NestedStack): A =>
  Object.defineProperty(adapter, STACK, { value: stack })

/** What an adapter tells of the stack within it; `undefined` for a leaf. */
export const stackWithin = (adapter: object): NestedStack | undefined => (adapter as { [STACK]?: NestedStack })[STACK]
