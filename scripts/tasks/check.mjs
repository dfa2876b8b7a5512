import { root } from '../bootstrap.mjs'
import { runChecks } from '../lib/guards.mjs'
import { createReport } from '../lib/report.mjs'
import { diskTree } from '../lib/tree.mjs'

const report = createReport()
await runChecks(report, diskTree(root))
console.log(report.summary())
process.exitCode = report.failed > 0 ? 1 : 0
