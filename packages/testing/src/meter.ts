import type { Usage } from '@cepa/core'
import type { Plan } from './plan.ts'
import type { EndStep, ScriptedUsage, Step } from './script.ts'

/** What a provider has charged for one request so far. */
export interface Charged {
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Counts what an answer costs as it is given: the request at once, then each piece as it leaves. What the script tells corrects the count. */
export class Meter {
  readonly #plan: Plan
  #told: ScriptedUsage | undefined
  #inputTokens = 0
  #outputTokens = 0

  constructor(plan: Plan) {
    this.#plan = plan
  }

  get charged(): Charged {
    return { inputTokens: this.#inputTokens, outputTokens: this.#outputTokens }
  }

  /** The provider has accepted the request. */
  start(): void {
    this.#inputTokens = this.#plan.inputTokens
  }

  /** A step has left. */
  add(step: Step): void {
    if ('text' in step || 'reasoning' in step || 'toolCall' in step) this.#outputTokens += step.tokens ?? 1
    if (!('usage' in step) || !step.usage) return
    this.#told = { ...this.#told, ...step.usage }
    this.#inputTokens = step.usage.inputTokens ?? this.#inputTokens
    this.#outputTokens = step.usage.outputTokens ?? this.#outputTokens
  }

  /** What the provider tells with its finish, once that step was added; `undefined` where it tells nothing. */
  usageAtEnd(step: EndStep): Usage | undefined {
    if (step.usage === false || (step.usage === undefined && this.#plan.usage === false)) return undefined
    return { source: 'provider', ...(this.#told ?? this.charged) }
  }
}
