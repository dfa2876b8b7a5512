// The guards that `npm test` runs, each of which resolves with an outcome.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checks } from '../checks/index.mjs'
import { captureTool, inParallel } from './process.mjs'
import { verdict } from './report.mjs'
import { listPackages } from './workspace.mjs'

/** Biome's formatting, import order and lint rules. */
export async function checkFormat(tree) {
  const { code, output } = await captureTool(
    'biome',
    ['check', '--max-diagnostics=100', '--error-on-warnings', '--no-errors-on-unmatched', '.'],
    {
      cwd: tree.root,
    },
  )
  const remedy = '\n\n`npm run format` repairs what can be repaired.'
  return verdict(code === 0, { note: /Checked (\d+ files)/.exec(output)?.[1], output: output + remedy })
}

/** The types of every package's tests, type tests (*.test-d.ts) among them. */
export async function checkTestTypes(tree) {
  const projects = listPackages(tree)
    .map((pkg) => `${pkg.folder}/tsconfig.test.json`)
    .filter((file) => tree.read(file) !== undefined)
  const results = await inParallel(projects, 2, (file) =>
    captureTool('tsc', ['-p', file, '--noEmit', '--pretty', 'false'], { cwd: tree.root }),
  )
  // TS18003: a package without tests yet has no inputs.
  const bad = results.filter(({ code, output }) => code !== 0 && !output.includes('error TS18003'))
  return verdict(bad.length === 0, {
    note: `${projects.length} projects`,
    output: bad.map(({ output }) => output).join('\n'),
  })
}

/** Each repository check, as a guard of its own. */
export async function runChecks(report, tree) {
  for (const { name, find } of checks) {
    await report.run(`check: ${name}`, async () => {
      const findings = await find(tree)
      const output = findings.map(({ file, message }) => `${file}: ${message}`).join('\n')
      return verdict(findings.length === 0, {
        note: findings.length > 0 ? `${findings.length} findings` : undefined,
        output,
      })
    })
  }
}

/** Unit, property and end-to-end tests; with filters, only the files whose path matches one, shown as they run. */
export async function runVitest(tree, filters) {
  const folder = mkdtempSync(join(tmpdir(), 'test-report-'))
  const file = join(folder, 'report.json')
  try {
    const streamed = filters.length > 0
    const reporters = [`--reporter=${streamed ? 'default' : 'dot'}`, '--reporter=./scripts/lib/vitest-reporter.mjs']
    const colours = streamed && process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }
    const env = { TEST_REPORT_FILE: file, ...colours }
    const { code, output } = await captureTool('vitest', ['run', ...reporters, ...filters], {
      cwd: tree.root,
      env,
      streamed,
    })
    return vitestOutcome(file, code, streamed ? '' : output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function vitestOutcome(file, code, output) {
  let counts
  try {
    counts = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, output: `${output}\nVitest ended with code ${code} before it reported.` }
  }
  const { passed, skipped, files } = counts
  // A run that ends badly without a failed test, such as one that found no test, has failed all the same.
  const failed = counts.failed === 0 && (code !== 0 || passed + skipped.length === 0) ? 1 : counts.failed
  return { passed, failed, skipped, note: `${passed} passed, ${failed} failed in ${files} files`, output }
}
