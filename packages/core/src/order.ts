import { StackError } from './errors.ts'
import { type FactNeed, factNeedsOf, mayFollow, rightGivers } from './fact-order.ts'
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
  {
    rule: 'accounts-outside-repeats',
    outer: 'accounts',
    inner: 'repeats',
    reason: 'it adds up the attempts of a call, and further in it would take each for a call',
  },
]

/** Ids of the rules that `allow` may name. */
export const ORDER_RULES: readonly string[] = TRAIT_RULES.map(({ rule }) => rule)

/** The rules of meaning that hold between two of these layers, wherever they stand. */
const traitRulesOf = (layers: readonly AnyMiddleware[]): readonly OrderRule[] =>
  layers.flatMap((outer) =>
    layers.flatMap((inner) =>
      TRAIT_RULES.flatMap(({ rule, reason, ...traits }) => {
        const holds = outer !== inner && outer.traits[traits.outer] && inner.traits[traits.inner]
        return holds ? [{ rule, outer: outer.name, inner: inner.name, reason }] : []
      }),
    ),
  )

/** Every rule that the order of these layers keeps, for `explain()`. */
export function orderRulesOf(layers: readonly AnyMiddleware[]): readonly OrderRule[] {
  const names = layers.map(({ name }) => name)
  const facts = factNeedsOf(layers).flatMap((need) => {
    const { reader, key } = need
    return rightGivers(need, names.slice(0, names.indexOf(reader))).map((giver) =>
      key.direction === 'in'
        ? { rule: 'facts', outer: giver, inner: reader, reason: `it gives the fact ${key.name} inward` }
        : { rule: 'facts', outer: reader, inner: giver, reason: `it reads the fact ${key.name} from further in` },
    )
  })
  const kept = traitRulesOf(layers).filter(({ outer, inner }) => names.indexOf(outer) < names.indexOf(inner))
  return [...kept, ...facts]
}

interface Constraints {
  readonly rules: readonly OrderRule[]
  readonly needs: readonly FactNeed[]
}

/** Give up looking for an order after so many tries: the stack is refused with or without one. */
const MAX_TRIES = 10_000

/** An order of the layers that keeps all rules and moves as little as possible; `undefined` where none was found. */
function workingOrder(names: readonly string[], { rules, needs }: Constraints): readonly string[] | undefined {
  const deadEnds = new Set<string>()
  let tries = 0
  const complete = (order: readonly string[]): readonly string[] | undefined => {
    if (order.length === names.length) return order
    const state = order.toSorted().join(' ')
    if (deadEnds.has(state) || ++tries > MAX_TRIES) return undefined
    const left = names.filter((name) => !order.includes(name))
    for (const name of left) {
      const ruled = rules.some(({ inner, outer }) => inner === name && left.includes(outer))
      const found = !ruled && mayFollow(name, order, needs) ? complete([...order, name]) : undefined
      if (found) return found
    }
    deadEnds.add(state)
    return undefined
  }
  return complete([])
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
  const rules = traitRulesOf(layers).filter(({ rule }) => !allow.includes(rule))
  const needs = factNeedsOf(layers)
  const problem = factProblem(names, needs) ?? ruleProblem(names, rules)
  if (problem === undefined) return
  const order = workingOrder(names, { rules, needs })
  throw new StackError(order ? `${problem}. An order that works, outermost first: ${order.join(', ')}` : problem)
}

/** The first need that is not met where the layers stand (rule P5). */
function factProblem(names: readonly string[], needs: readonly FactNeed[]): string | undefined {
  const need = needs.find((each) => rightGivers(each, names.slice(0, names.indexOf(each.reader))).length === 0)
  if (need === undefined) return undefined
  const { reader, key, givers } = need
  if (givers.length === 0)
    return `${reader} needs the fact ${key.name} from further out, and no layer of the stack gives it`
  const [from, where] = key.direction === 'in' ? ['out', 'in'] : ['in', 'out']
  const stands =
    givers.length === 1 ? `which gives it, stands further ${where}` : `which give it, stand further ${where}`
  return `${reader} reads the fact ${key.name} from further ${from}, and ${givers.join(' and ')}, ${stands}`
}

/** The first rule of meaning that is broken where the layers stand (rule P8). */
function ruleProblem(names: readonly string[], rules: readonly OrderRule[]): string | undefined {
  const broken = rules.find(({ outer, inner }) => names.indexOf(outer) > names.indexOf(inner))
  if (broken === undefined) return undefined
  const { rule, outer, inner, reason } = broken
  return `${outer} must stand outside ${inner}: ${reason} (to have it so on purpose: allow: ['${rule}'])`
}
