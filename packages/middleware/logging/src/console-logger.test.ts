import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { consoleLine, inOneLine } from './console-line.ts'
import { type ConsoleLike, consoleLogger } from './console-logger.ts'

const time = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
const plain = { colors: false, time }
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

function memory() {
  const lines: string[] = []
  const at = (level: string) => (line: string) => void lines.push(`${level}| ${line}`)
  const console: ConsoleLike = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { console, lines }
}

describe('a line', () => {
  test('has time, level, request id and sentence', () => {
    const fields = { requestId: 'r-1', ms: 12 }
    expect(consoleLine({ level: 'info', message: 'openai/gpt done in 12 ms', fields }, plain)).toBe(
      '2026-01-02T03:04:05.006Z INFO  r-1 openai/gpt done in 12 ms',
    )
    expect(consoleLine({ level: 'error', message: 'broken', fields: {} }, plain)).toBe(
      '2026-01-02T03:04:05.006Z ERROR broken',
    )
  })

  test('shows the data of other layers behind the sentence', () => {
    const data = { score: 0.93, rule: 'ignore previous', list: [1] }
    expect(consoleLine({ level: 'warn', message: 'guard: look', fields: { data } }, plain)).toMatch(
      / guard: look score=0.93 rule=ignore previous list=\[1\]$/,
    )
    expect(consoleLine({ level: 'warn', message: 'look', fields: { data: '{"cut…' } }, plain)).toMatch(/ look {"cut…$/)
  })

  test('shows content and the nearest frames of a stack below, indented', () => {
    const errorStack = `TypeError: no\n${Array.from({ length: 9 }, (_, index) => `    at frame${index} (file.js:1:1)`).join('\n')}`
    const lines = consoleLine(
      { level: 'info', message: 'm', fields: { request: '[…]', answer: 'one\ntwo', errorStack } },
      plain,
    ).split('\n')
    expect(lines.slice(1)).toEqual([
      '    request […]',
      '    answer  one\\ntwo',
      ...[0, 1, 2, 3, 4].map((index) => `    at frame${index} (file.js:1:1)`),
    ])
  })

  test('is in colour where asked for, with the local time', () => {
    const line = consoleLine({ level: 'warn', message: 'slow', fields: { requestId: 'r-1' } }, { colors: true, time })
    expect(line.replaceAll('\u001b', '^')).toMatch(
      /^\^\[2m\d\d:04:05\.006\^\[0m \^\[33mWARN \^\[0m \^\[2mr-1\^\[0m slow$/,
    )
  })

  test('is one line, and without colours of its own, whatever it is about', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('\n', '\r', '\u001b[31m', '\u0007', '\u2028', '\u202e', '\t', 'a'), fc.string()),
    })
    fc.assert(
      fc.property(text, text, text, (message, requestId, data) => {
        expect(consoleLine({ level: 'info', message, fields: { requestId, data } }, plain)).not.toMatch(CONTROL)
      }),
    )
    expect(inOneLine('a\nb\u001b[31m\u202e')).toBe('a\\nb\\u001b[31m\\u202e')
  })
})

describe('the console', () => {
  afterEach(() => vi.unstubAllGlobals())

  const printed = () => {
    const { console, lines } = memory()
    const logger = consoleLogger({ console, now: () => time })
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger.log(level, 'm', {})
    return lines
  }

  test('gets each level by its method', () => {
    expect(printed().map((line) => line.split('|')[0])).toEqual(['debug', 'info', 'warn', 'error'])
  })

  test('is asked for when a line is written, so that it can be replaced', () => {
    const logger = consoleLogger({ colors: false })
    const { console, lines } = memory()
    vi.stubGlobal('console', console)
    logger.log('info', 'later', {})
    expect(lines[0]).toMatch(/^info\| \d{4}-.*Z INFO {2}later$/)
  })

  test.each<[string, object, string]>([
    ['both are terminals', { stdout: { isTTY: true }, stderr: { isTTY: true }, env: {} }, 'cccc'],
    ['standard output is a file', { stdout: {}, stderr: { isTTY: true }, env: {} }, '--cc'],
    ['standard error is a file', { stdout: { isTTY: true }, stderr: {}, env: {} }, 'cc--'],
    ['NO_COLOR is set', { stdout: { isTTY: true }, stderr: { isTTY: true }, env: { NO_COLOR: '1' } }, '----'],
    ['the terminal is dumb', { stdout: { isTTY: true }, stderr: { isTTY: true }, env: { TERM: 'dumb' } }, '----'],
  ])('has colours on a terminal only: %s', (_, process, expected) => {
    vi.stubGlobal('process', process)
    const seen = printed().map((line) => (line.includes('\u001b') ? 'c' : '-'))
    vi.unstubAllGlobals()
    expect(seen.join('')).toBe(expected)
  })

  test('has none where there is no process', () => {
    vi.stubGlobal('process', undefined)
    const lines = printed()
    vi.unstubAllGlobals()
    expect(lines.join('')).not.toContain('\u001b')
  })

  test('refuses options that cannot be right', () => {
    expect(() => consoleLogger({ console: {} as never })).toThrow(
      'consoleLogger: option console is an object; it must be an object with debug()',
    )
    expect(() => consoleLogger({ color: true } as never)).toThrow('did you mean colors?')
  })
})
