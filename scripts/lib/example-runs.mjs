// Compiles and runs the examples of the documentation, as files of packages/examples, which depends on every package.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { product } from '../product.mjs'
import { collectExamples, fileNameOf, fileTextOf } from './examples.mjs'
import { capture, captureTool, inParallel } from './process.mjs'
import { verdict } from './report.mjs'

const home = 'packages/examples'
const folder = `${home}/.generated`
/** Started before each example, if it is there: a simulator on loopback, and the variables that make adapters find it. */
const setup = `${home}/src/docs-setup.ts`
const timeoutMs = 20_000

const compilerOptions = {
  noEmit: true,
  composite: false,
  isolatedDeclarations: false,
  declaration: false,
  declarationMap: false,
  noUnusedLocals: false,
  noUnusedParameters: false,
  lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
  types: ['node'],
}

/** Compiles all examples together: one outcome. Then runs those that run: one outcome each, in one. */
export async function checkExamples(report, tree) {
  const { examples, findings } = collectExamples(tree)
  await report.run('examples compile', async () => {
    const output = findings.map(({ file, message }) => `${file}: ${message}`)
    if (examples.length > 0) output.push(await compile(tree, examples))
    const text = output.filter(Boolean).join('\n')
    return verdict(text === '', { note: `${examples.length} examples`, output: text })
  })
  const running = examples.filter(({ runs }) => runs)
  if (running.length > 0) await report.run('examples run', () => runAll(tree, running))
}

async function compile(tree, examples) {
  if (tree.read(`${home}/package.json`) === undefined) return `${home} is missing; examples are compiled in it`
  const target = join(tree.root, folder)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  for (const example of examples) writeFileSync(join(target, fileNameOf(example)), fileTextOf(example))
  const config = { extends: '../../../tsconfig.base.json', compilerOptions, include: ['*.ts'] }
  writeFileSync(join(target, 'tsconfig.json'), JSON.stringify(config))
  const { code, output } = await captureTool('tsc', ['-p', folder, '--pretty', 'false'], { cwd: tree.root })
  return code === 0 ? '' : onPages(output, examples)
}

async function runAll(tree, examples) {
  const results = await inParallel(examples, 2, (example) => run(tree, example))
  const failed = results.filter((text) => text !== '')
  const note = `${examples.length - failed.length} ran, ${failed.length} failed`
  return { passed: examples.length - failed.length, failed: failed.length, note, output: failed.join('\n') }
}

/** Runs one example from source and returns what is wrong with it. */
async function run(tree, example) {
  const preloads = ['./scripts/lib/loopback-only.mjs', ...(existsSync(join(tree.root, setup)) ? [`./${setup}`] : [])]
  const args = [`--conditions=${product.sourceCondition}`, ...preloads.map((file) => `--import=${file}`)]
  const { code, output } = await capture(process.execPath, [...args, `${folder}/${fileNameOf(example)}`], {
    cwd: tree.root,
    env: withoutKeys(process.env),
    timeoutMs,
  })
  return code === 0 ? '' : `${example.page}:${example.line}: ended with code ${code}\n${onPages(output, [example])}`
}

/** Keys of this machine must not reach an example: it would only seem to run without them. */
function withoutKeys(env) {
  const keys = Object.keys(env).filter((name) => /_(?:API_KEY|TOKEN|BASE_URL)$/.test(name))
  return Object.fromEntries([...keys.map((name) => [name, undefined]), ['NO_COLOR', '1']])
}

/** Names the page and line of an example where an output names its file. */
function onPages(output, examples) {
  return examples.reduce((text, example) => {
    const name = fileNameOf(example).replaceAll('.', '\\.')
    return text
      .replaceAll(
        new RegExp(`${folder.replaceAll('.', '\\.')}/${name}\\((\\d+),(\\d+)\\)`, 'g'),
        `${example.page}:$1:$2`,
      )
      .replaceAll(new RegExp(`(?:file://)?[^\\s()]*/${name}(?=:\\d)`, 'g'), example.page)
  }, output)
}
