import { expect, test } from 'vitest'
import { createReport, verdict } from './report.mjs'

const reportTo = (lines) =>
  createReport(
    (line) => lines.push(line),
    () => 0,
  )

test('each guard has a line, failures their output, skips their reason, and everything is counted', async () => {
  const lines = []
  const report = reportTo(lines)
  await report.run('build', async () => verdict(true, { note: '3 projects', output: 'hidden' }))
  await report.run('types', async () => verdict(false, { output: 'a.ts: wrong\n\nb.ts: wrong\n' }))
  await report.run('tests', async () => ({ passed: 5, failed: 0, skipped: [{ what: 'redis', why: 'not installed' }] }))
  await report.run('peers', async () => ({ passed: 0, failed: 0, skipped: [{ what: 'node', why: 'offline' }] }))
  expect(lines).toEqual([
    'ok      build                          0.0 s  3 projects',
    'FAILED  types                          0.0 s',
    '        a.ts: wrong\n\n        b.ts: wrong',
    'ok      tests                          0.0 s',
    '        skipped: redis: not installed',
    'skipped peers                          0.0 s',
    '        skipped: node: offline',
  ])
  expect(report.summary()).toBe('6 passed, 1 failed, 2 skipped')
  expect(report.failed).toBe(1)
})

test('a guard that throws has failed', async () => {
  const lines = []
  const report = reportTo(lines)
  await report.run('build', () => {
    throw new Error('no compiler')
  })
  expect(report.summary()).toBe('0 passed, 1 failed, 0 skipped')
  expect(lines.join('\n')).toContain('Error: no compiler')
})
