import { StackError } from './errors.ts'
import type { AnyMiddleware, Traits } from './middleware.ts'

/** One layer must stand outside of another, and why. */
export interface OrderRule {
  /** Id of the rule, for `allow`; `facts` for the ones that facts impose, which cannot be allowed. */
  readonly rule: string
  readonly outer: string
  readonly inner: string
  readonly reason: string
}

interface TraitRule {
  readonly rule: string
  readonly outer: keyof Traits
  readonly inner: keyof Traits
  readonly reason: string
}

/** Rules of order that follow from what layers do, whatever they are called (rule P8). */
const TRAIT_RULES: readonly TraitRule[] = [
  {
    rule: 'stores-outside-repeats',
    outer: 'stores',
    inner: 'repeats',
    reason: 'a stored answer needs no attempt, and an answer is stored once, not per attempt',
  },
  {
    rule: 'limits-inside-repeats',
    outer: 'repeats',
    inner: 'limits',
    reason: 'the provider counts attempts, so what limits must see every one',
  },
  {
    rule: 'rewrites-inside-records',
    outer: 'records',
    inner: 'rewrites',
    reason: 'what records must see the request as the caller made it',
  },
]

/** Ids of the rules that `allow` may name. */
export const ORDER_RULES: readonly string[] = TRAIT_RULES.map(({ rule }) => rule)

/** Every rule that holds between two of these layers. */
export function orderRulesOf(layers: readonly AnyMiddleware[]): readonly OrderRule[] {
  const rules: OrderRule[] = []
  for (const outer of layers) {
    for (const inner of layers) {
      if (outer === inner) continue
      for (const { rule, reason, ...traits } of TRAIT_RULES) {
        if (outer.traits[traits.outer] && inner.traits[traits.inner])
          rules.push({ rule, outer: outer.name, inner: inner.name, reason })
      }
      rules.push(...factRules(outer, inner))
    }
  }
  return rules
}

/** In-facts travel inward from their giver, out-facts outward. */
function factRules(outer: AnyMiddleware, inner: AnyMiddleware): OrderRule[] {
  const given = outer.gives.filter(
    (key) => key.direction === 'in' && inner.reads.some((read) => read.name === key.name),
  )
  const read = outer.reads.filter(
    (key) => key.direction === 'out' && inner.gives.some((give) => give.name === key.name),
  )
  return [
    ...given.map((key) => ({
      rule: 'facts',
      outer: outer.name,
      inner: inner.name,
      reason: `it gives the fact ${key.name} inward`,
    })),
    ...read.map((key) => ({
      rule: 'facts',
      outer: outer.name,
      inner: inner.name,
      reason: `it reads the fact ${key.name} from further in`,
    })),
  ]
}

/** An order of the layers that keeps all rules and moves as little as possible; `undefined` where there is none. */
function workingOrder(names: readonly string[], rules: readonly OrderRule[]): readonly string[] | undefined {
  const left = [...names]
  const order: string[] = []
  while (left.length > 0) {
    const next = left.find((name) => !rules.some(({ inner, outer }) => inner === name && left.includes(outer)))
    if (next === undefined) return undefined
    order.push(next)
    left.splice(left.indexOf(next), 1)
  }
  return order
}

const sentence = (problem: string, names: readonly string[], rules: readonly OrderRule[]): string => {
  const order = workingOrder(names, rules)
  return order ? `${problem}. An order that works, outermost first: ${order.join(', ')}` : problem
}

/**
 * Holds a stack to its facts and to the rules of order.
 *
 * @throws {StackError} naming the layers, the fact or rule, and an order that would work.
 */
export function checkOrder(layers: readonly AnyMiddleware[], allow: readonly string[]): void {
  const names = layers.map((layer) => layer.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new StackError(`two layers are called ${twice}; give one of them another \`name\``)
  const rules = orderRulesOf(layers)
  checkGiven(layers, (problem) => sentence(problem, names, rules))
  for (const { rule, outer, inner, reason } of rules) {
    if (names.indexOf(outer) < names.indexOf(inner) || allow.includes(rule)) continue
    const permit = rule === 'facts' ? '' : ` (to have it so on purpose: allow: ['${rule}'])`
    throw new StackError(sentence(`${outer} must stand outside ${inner}: ${reason}${permit}`, names, rules))
  }
}

/** Rule P5: a required in-fact is given further out. */
function checkGiven(layers: readonly AnyMiddleware[], explain: (problem: string) => string): void {
  const given = new Set<string>()
  for (const layer of layers) {
    for (const key of layer.reads) {
      if (key.direction !== 'in' || !key.required || given.has(key.name)) continue
      const giver = layers.find((each) => each.gives.some((give) => give.name === key.name))
      const what = giver ? `${giver.name}, which gives it, stands further in` : 'no layer of the stack gives it'
      throw new StackError(explain(`${layer.name} needs the fact ${key.name} from further out, and ${what}`))
    }
    for (const key of layer.gives) if (key.direction === 'in') given.add(key.name)
  }
}
