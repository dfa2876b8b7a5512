import type { Problem } from '../problem.ts'

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

/** Tells a listener; what it throws, or rejects with, is reported and goes no further. */
export function tell<T>(
  listener: (told: T) => unknown,
  told: T,
  problem: { readonly where: string; readonly report: (problem: Problem) => void },
): void {
  const { where, report } = problem
  try {
    const result = listener(told)
    if (result instanceof Promise) result.catch((thrown) => report({ where, error: asError(thrown) }))
  } catch (thrown) {
    report({ where, error: asError(thrown) })
  }
}
