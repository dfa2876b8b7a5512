import { root } from '../bootstrap.mjs'
import { build } from '../lib/build.mjs'
import { checkExamples } from '../lib/example-runs.mjs'
import { checkFormat, checkTestTypes, runChecks, runVitest } from '../lib/guards.mjs'
import { checkPacked } from '../lib/packed-checks.mjs'
import { createReport } from '../lib/report.mjs'
import { diskTree } from '../lib/tree.mjs'

const filters = process.argv.slice(2)
const tree = diskTree(root)
const report = createReport()

if (filters.length > 0) await report.run('tests', () => runVitest(tree, filters))
else {
  await report.run('format and lint', () => checkFormat(tree))
  await report.run('build', () => build(tree))
  await report.run('types of tests', () => checkTestTypes(tree))
  await runChecks(report, tree)
  await checkExamples(report, tree)
  await report.run('tests', () => runVitest(tree, []))
  await checkPacked(report, tree)
}

console.log(report.summary())
process.exitCode = report.failed > 0 ? 1 : 0
