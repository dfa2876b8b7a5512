// What a run of guards prints: a line for each as it ends, what failed under it, and the line that counts everything.

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {readonly { what: string, why: string }[]} [skipped]
 * @property {string} [note] a few words for the line of the guard
 * @property {string} [output] shown when something failed
 */

/** The outcome of a guard that either holds or not. */
export function verdict(holds, { note, output } = {}) {
  return { passed: holds ? 1 : 0, failed: holds ? 0 : 1, note, output }
}

/** Collects outcomes; `print` receives finished lines. */
export function createReport(print = console.log, now = () => performance.now()) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  const add = (name, outcome, ms) => {
    const skipped = outcome.skipped ?? []
    total.passed += outcome.passed
    total.failed += outcome.failed
    total.skipped += skipped.length
    const label = outcome.failed > 0 ? 'FAILED' : outcome.passed > 0 ? 'ok' : 'skipped'
    print(
      `${label.padEnd(8)}${name.padEnd(28)}${`${(ms / 1000).toFixed(1)} s`.padStart(8)}  ${outcome.note ?? ''}`.trimEnd(),
    )
    for (const { what, why } of skipped) print(`        skipped: ${what}: ${why}`)
    if (outcome.failed > 0 && outcome.output) print(indent(outcome.output.trimEnd()))
  }
  return {
    /** Runs a guard and prints its line; a guard that throws has failed. */
    async run(name, guard) {
      const startedAt = now()
      let outcome
      try {
        outcome = await guard()
      } catch (error) {
        outcome = { passed: 0, failed: 1, output: error.stack ?? String(error) }
      }
      add(name, outcome, now() - startedAt)
    },
    get failed() {
      return total.failed
    },
    summary: () => `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`,
  }
}

function indent(text) {
  return text.replace(/^(?=.)/gm, '        ')
}
