import type { ClosableFetch } from './fetch.ts'
import { createNodeFetch } from './node-fetch.ts'

/** The fetch of adapters that are given none: on Node undici's client without its time limits, which also counts wire bytes. */
export const createDefaultFetch = (): ClosableFetch => createNodeFetch()
