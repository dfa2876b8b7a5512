export { retry } from './retry.ts'
export type { BudgetOptions } from './retry-budget.ts'
export type { RetryCallOptions, RetryOn, RetryOptions } from './retry-options.ts'
