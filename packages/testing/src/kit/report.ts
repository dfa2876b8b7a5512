/** One thing that a kit has checked. */
export interface Check {
  /** Id of the rule in `docs/contract.md`. */
  readonly rule: string
  /** What was checked, in which situation. */
  readonly name: string
  readonly ok: boolean
  /** What was seen instead. */
  readonly detail?: string
}

/** What a kit found. */
export interface KitReport {
  /** Name of the middleware or adapter. */
  readonly subject: string
  readonly checks: readonly Check[]
  readonly broken: readonly Check[]
  /** Ids of the broken rules, each once. */
  readonly brokenRules: readonly string[]
}

/** How many findings of one rule the message of a {@link KitError} lists. */
const SHOWN_PER_RULE = 3

function messageOf({ subject, checks, broken, brokenRules }: KitReport): string {
  const lines = brokenRules.flatMap((rule) => {
    const found = broken.filter((check) => check.rule === rule)
    const shown = found
      .slice(0, SHOWN_PER_RULE)
      .map(({ name, detail }) => `  ${rule}  ${name}${detail ? `: ${detail}` : ''}`)
    return found.length > SHOWN_PER_RULE ? [...shown, `  ${rule}  … and ${found.length - SHOWN_PER_RULE} more`] : shown
  })
  return [
    `${subject} breaks ${brokenRules.length} of its rules (${broken.length} of ${checks.length} checks):`,
    ...lines,
  ].join('\n')
}

/** A middleware or adapter broke the contract; the message lists the rules with what was seen. */
export class KitError extends Error {
  override readonly name = 'KitError'
  readonly report: KitReport
  constructor(report: KitReport) {
    super(messageOf(report))
    this.report = report
  }
}

/** Gathers checks. */
export class Checklist {
  readonly #checks: Check[] = []

  /** Notes one check; it is broken where there is a detail to tell. */
  add(rule: string, name: string, detail: string | false | undefined): void {
    this.#checks.push(detail ? { rule, name, ok: false, detail } : { rule, name, ok: true })
  }

  report(subject: string): KitReport {
    const broken = this.#checks.filter(({ ok }) => !ok)
    return { subject, checks: this.#checks, broken, brokenRules: [...new Set(broken.map(({ rule }) => rule))] }
  }
}

/** A value as text for a detail: short, and total where JSON is not. */
export function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch {
    text = undefined
  }
  const said = text ?? String(value)
  return said.length > 160 ? `${said.slice(0, 159)}…` : said
}

/** What differs between what was expected and what was seen; `undefined` where nothing does. */
export const difference = (expected: unknown, seen: unknown): string | undefined => {
  const [wanted, got] = [shownWhole(expected), shownWhole(seen)]
  return wanted === got ? undefined : `expected ${shown(expected)}, saw ${shown(seen)}`
}

const shownWhole = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}
