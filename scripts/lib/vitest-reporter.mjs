// A Vitest reporter that writes the counts and the reasons of skipped tests to the file named by TEST_REPORT_FILE.

import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors, reason) {
    const counts = { files: modules.length, passed: 0, failed: 0, skipped: [], reason }
    for (const module of modules) {
      // A file that does not load, and a failing hook around tests, have no failed test to show for it.
      const own = [module, ...module.children.allSuites()]
      counts.failed += own.filter((suite) => suite.errors().length > 0).length
      for (const test of module.children.allTests()) count(test, module, counts)
    }
    counts.failed += unhandledErrors.length
    writeFileSync(process.env.TEST_REPORT_FILE, JSON.stringify(counts))
  }
}

function count(test, module, counts) {
  const result = test.result()
  if (result.state === 'passed') counts.passed++
  else if (result.state === 'skipped') {
    const what = `${relative(process.cwd(), module.moduleId)} > ${test.fullName}`
    counts.skipped.push({ what, why: result.note ?? 'no reason given' })
  } else counts.failed++
}
