export { timeout } from './timeout.ts'
export {
  DEFAULT_LIMITS,
  type LimitByMode,
  type Milliseconds,
  type TimeoutCallOptions,
  type TimeoutOptions,
} from './timeout-options.ts'
