import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from '../bootstrap.mjs'
import { checkExamples } from './example-runs.mjs'
import { createReport } from './report.mjs'
import { diskTree } from './tree.mjs'

const folders = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** Compiles and runs the examples of a page in a workspace of its own, and returns what was printed. */
async function check(page, more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'))
  folders.push(folder)
  const files = {
    'README.md': page,
    'packages/examples/package.json': '{ "name": "@cepa/examples", "type": "module" }',
    'tsconfig.base.json': diskTree(root).read('tsconfig.base.json'),
    ...more,
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  symlinkSync(join(root, 'scripts'), join(folder, 'scripts'))
  const lines = []
  const report = createReport((line) => lines.push(line))
  await checkExamples(report, diskTree(folder))
  return { text: lines.join('\n'), summary: report.summary() }
}

const page = (...codes) => codes.map((code) => `\`\`\`ts\n${code}\n\`\`\`\n`).join('\n')

test('examples that compile and run pass', async () => {
  const { summary } = await check(
    page("import { sep } from 'node:path'\nconst a: string = sep\nvoid a", 'await Promise.resolve()'),
  )
  expect(summary).toBe('3 passed, 0 failed, 0 skipped')
})

test('one that does not compile, and one that throws, fail with the page and the line', async () => {
  const { text, summary } = await check(
    page('const a: string = 1\nvoid a', "function deep(): never {\n  throw new Error('planted')\n}\ndeep()"),
  )
  expect(summary).toBe('1 passed, 2 failed, 0 skipped')
  expect(text).toContain('README.md:2:7: error TS2322')
  expect(text).toContain('README.md:6: ended with code 1')
  expect(text).toMatch(/Error: planted\n\s+at deep \(README\.md:8:9\)/)
})

test('one that talks to another machine fails, one that talks to this one passes', async () => {
  const abroad = "import { connect } from 'node:net'\nconnect(9, 'example.com')"
  const home =
    "import { connect, createServer, type AddressInfo } from 'node:net'\nconst server = createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {\n  connect((server.address() as AddressInfo).port, '127.0.0.1').on('close', () => server.close()).resume()\n})"
  const { text, summary } = await check(page(abroad, home))
  expect(text).toContain('Examples talk to loopback only, but this one connects to example.com')
  expect(summary).toBe('2 passed, 1 failed, 0 skipped')
})

test('the set-up of the examples runs before each, and keys of this machine are not there', async () => {
  process.env.PLANTED_API_KEY = 'secret'
  const example =
    "if (process.env.SIMULATOR !== 'up' || process.env.PLANTED_API_KEY !== undefined) process.exitCode = 1"
  const { summary } = await check(page(example), {
    'packages/examples/src/docs-setup.ts': "process.env.SIMULATOR = 'up'\n",
  })
  delete process.env.PLANTED_API_KEY
  expect(summary).toBe('2 passed, 0 failed, 0 skipped')
})
