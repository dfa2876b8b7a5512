import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CallRecord, GroupRecord } from 'cepa'
import { afterAll, beforeAll, expect, test } from 'vitest'

const start = fileURLToPath(new URL('../src/start.ts', import.meta.url))
const ANSWER = 'all that observability asks of software.'

let folder: string
let output: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'start-'))
  const env = { ...process.env, TMPDIR: folder, NO_COLOR: '1', COLUMNS: '' }
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@cepa/source', start], { env })
  output = stdout
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The lines of a scene, without its heading. */
const scene = (title: string): string => output.split(/\n\n(?=\d {2}|Wh)/).find((each) => each.startsWith(title)) ?? ''

test('explains both stacks, with telemetry in its place', () => {
  const layers = scene('0  Two stacks')
    .match(/^ +\d+ {2}\w+/gm)
    ?.map((line) => line.trim().replace(/^\d+ +/, ''))
  const outer = ['observe', 'requestId', 'telemetry', 'logging', 'timing', 'profiler']
  expect(layers).toEqual([...outer, 'cache', 'tokenCount', 'retry', 'timeout', ...outer, 'tokenCount', 'timeout'])
})

test('shows streamed answers, the cache, a retry, an abort and a failure', () => {
  expect(scene('1  ').replaceAll(/\s+/g, ' ').split(ANSWER)).toHaveLength(3)
  expect(scene('2  ')).toContain('cache hit')
  expect(scene('3  ')).toMatch(/attempt 1 failed: rate-limit 429[\s\S]+2 attempts/)
  expect(scene('4  ')).toMatch(/aborted: .+\n {2}it had \d+ characters, and was told of 18 tokens in and 1 out/)
  expect(scene('5  ')).toContain('kind auth, status 401, not retryable')
})

test('shows where the time went, and names the file of the trace for a browser', () => {
  const shown = scene('Where the time went')
  const rows = shown.match(/^ {2,4}\w+(?= {2})/gm)?.map((row) => row.trim())
  expect(rows).toEqual(expect.arrayContaining(['requestId', 'profiler', 'retry', 'timeout', 'provider', 'consumer']))
  expect(shown).toMatch(/layers, provider and consumer are (?:99\.\d|100\.\d) % of the wall time/)
  const [, path = ''] = /^ {2}(\S+calls\.trace\.json) \([\d.]+ KB\)$/m.exec(output) ?? []
  const { traceEvents } = JSON.parse(readFileSync(path, 'utf8')) as { traceEvents: { ph: string }[] }
  expect(traceEvents.filter(({ ph }) => ph === 'X').length).toBeGreaterThan(20)
})

test('shows what telemetry recorded: a line for each call, and the run', () => {
  const words = scene('What telemetry')
    .match(/^ {2}\S+Z (\w+)/gm)
    ?.map((line) => line.split(' ').at(-1))
  expect(words).toEqual(['done', 'done', 'done', 'done', 'aborted', 'failed', 'group'])
  expect(scene('What telemetry')).toContain('2 attempts: 429 → done')
})

test('names the file of the trace, which has the same records in full', () => {
  const [, path = ''] = /^ {2}(\S+trace\.jsonl) \([\d.]+ KB\)$/m.exec(output) ?? []
  expect(path.startsWith(folder)).toBe(true)
  const records = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as CallRecord | GroupRecord)
  expect(records.map(({ ending }) => ending)).toEqual(['done', 'done', 'done', 'done', 'aborted', 'failed', 'done'])
  expect(new Set(records.map(({ trace }) => trace?.traceId)).size).toBe(1)
})

test('sums the calls up by provider', () => {
  const rows = scene('What telemetry')
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))
    .filter(([name]) => name === 'openai' || name === 'anthropic' || name === 'all')
  const [openai, anthropic, all] = rows
  expect(openai).toMatchObject(
    ['openai', '4', '3 done, 1 failed', '1', /\d+ \/ \d+ ms/, /./, '35', '49', /^\$0\.0000/, '1 (25 %)'].map(matching),
  )
  expect(anthropic).toMatchObject(
    ['anthropic', '2', '1 done, 1 aborted', '0', /ms$/, /ms$/, '39', /^(?:9\d|1[0-3]\d)$/, /^\$/, '–'].map(matching),
  )
  expect(all?.slice(0, 4)).toEqual(['all', '6', '4 done, 1 failed, 1 aborted', '1'])
  expect(output).toContain('console 7 delivered, 0 lost')
})

const matching = (expected: string | RegExp) =>
  typeof expected === 'string' ? expected : expect.stringMatching(expected)

test('fits a terminal of 120 columns', () => {
  expect(output.split('\n').filter((line) => line.length > 120)).toEqual([])
})
