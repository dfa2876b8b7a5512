import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../../..')
const tsc = join(root, 'node_modules/.bin/tsc')

/** Runs the compiler and gives what it says; empty where it has no objection. */
const compile = (...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(tsc, [...args, '--pretty', 'false'], { cwd: root }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.trim()),
    )
  })

/** What a user writes, with nothing but the language. */
const CONSUMER = `
import { type Adapter, type ChatRequest, type Completion, fact, middleware, noteKey, pipeline, Reply, route, stack } from './core/index.js'

const adapter: Adapter = {
  name: 'own',
  operations: ['chat'],
  identity: () => 'own',
  handle: async (call) => {
    call.signal.addEventListener('abort', () => undefined, { once: true })
    return Reply.from([{ type: 'text', text: 'Hi', at: call.clock.now() }, { type: 'end', finish: 'stop', at: 0 }])
  },
}
const idFact = fact<string, 'id', 'in'>('id', 'in')
const slowNote = noteKey<{ ms: number }>('slow')
const giver = middleware({ name: 'giver', gives: [idFact], provide: (call) => call.give(idFact, 'x') })
const reader = middleware({
  name: 'reader',
  reads: [idFact],
  start: (call) => ({ id: call.facts.id.toUpperCase(), at: call.clock.now() }),
  end: (call, ending, state) => call.emit(slowNote, { ms: ending.at - state.at }),
})
const shared = stack(giver, reader)
const chat = pipeline(route({ own: pipeline(adapter, ...shared) }), middleware({ name: 'outer' }))
const request: ChatRequest = { model: 'own/m', messages: [{ role: 'user', content: 'Hi' }] }
export async function main(): Promise<Completion> {
  await using reply = await chat(request, { layers: { outer: false }, deadlineMs: 100 })
  for await (const event of reply) if (event.type === 'text') event.text.length
  return chat.complete(request)
}
`

const MISPLACED = `
import { type Adapter, fact, middleware, pipeline } from './core/index.js'
declare const adapter: Adapter
const idFact = fact<string, 'id', 'in'>('id', 'in')
const needsId = middleware({ name: 'needsId', reads: [idFact] })
const givesId = middleware({ name: 'givesId', gives: [idFact] })
const list = [givesId]
pipeline(adapter, givesId, needsId)
pipeline(
  adapter,
  needsId,
  givesId,
)
pipeline(adapter, ...list)
pipeline(adapter)({ model: 'm', messages: [] }, { layers: { cache: false } })
`

describe('the types of core', () => {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'core-types-'))
    const out = ['--outDir', join(folder, 'core'), '--emitDeclarationOnly', '--declarationMap', 'false']
    const said = await compile('-p', join(here, '..'), ...out, '--composite', 'false', '--incremental', 'false')
    expect(said).toBe('')
    writeFileSync(join(folder, 'consumer.ts'), CONSUMER)
    writeFileSync(join(folder, 'misplaced.ts'), MISPLACED)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const check = (file: string, options: object) => {
    const compilerOptions = {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      ...options,
    }
    const config = join(folder, `tsconfig.${file}.json`)
    writeFileSync(config, JSON.stringify({ compilerOptions, files: [`${file}.ts`] }))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    return compile('-p', config)
  }

  it.each<[string, object]>([
    ['nothing but the language', { lib: ['es2024', 'esnext.disposable'], types: [] }],
    ['those of the browser', { lib: ['es2024', 'esnext.disposable', 'dom'], types: [] }],
    [
      'those of Node',
      { lib: ['es2024', 'esnext.disposable'], types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    ],
  ])('need no library: with %s', async (_what, options) => {
    expect(await check('consumer', options)).toBe('')
  })

  it('P5, C2: say in a sentence what is misplaced, at the layer that is', async () => {
    const said = await check('misplaced', { lib: ['es2024', 'esnext.disposable'], types: [] })
    const places = [...said.matchAll(/^.*misplaced\.ts\((\d+),(\d+)\)/gm)].map(
      ([, line, column]) => `${line}:${column}`,
    )
    expect(places).toEqual(['11:3', '14:19', '15:61'])
    expect(said).toContain(`"needsId needs the fact 'id': put a layer that always gives it further out"`)
    expect(said).toContain('"a plain array has no order that can be checked: make it with stack()"')
    expect(said).toMatch(/'cache' does not exist in type/)
  })
})

describe('the sources of core', () => {
  const sources = readdirSync(here, { encoding: 'utf8', recursive: true }).filter(
    (file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(file),
  )

  it('import nothing but each other', () => {
    for (const file of sources) {
      const text = readFileSync(join(here, file), 'utf8')
      for (const [, specifier = ''] of text.matchAll(/\bfrom '([^']*)'|\bimport\('([^']*)'\)/g)) {
        expect(`${file}: ${specifier}`).toMatch(/: \.\.?\/[a-z/-]+\.ts$/)
        expect(sources).toContain(join(dirname(file), specifier))
      }
    }
  })
})
