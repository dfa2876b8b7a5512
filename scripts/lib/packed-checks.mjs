// Proves that what would be published works: packed, installed into an empty folder, imported, required and compiled.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { product } from '../product.mjs'
import { fetchNode } from './other-node.mjs'
import { installPacked, outsidePeers, packAll, packedPrograms, specifiersOf, tarballProblems } from './packing.mjs'
import { capture, captureTool } from './process.mjs'
import { verdict } from './report.mjs'
import { listPackages } from './workspace.mjs'

/** The oldest Node that the packages promise to run under; the pinned one is tried as well. */
const oldestNode = '22.15.0'
const runTimeoutMs = 120_000

/** Packs, installs and tries all public packages under some versions of Node: an outcome for each stage. */
export async function checkPacked(report, tree, versions = [oldestNode, process.versions.node]) {
  const packages = listPackages(tree).filter(({ manifest }) => !manifest.private)
  const folder = mkdtempSync(join(tmpdir(), 'packed-'))
  try {
    let packed
    await report.run('packages pack', async () => {
      packed = await packAll(tree.root, packages, join(folder, 'tarballs'))
      const problems = packed.flatMap(tarballProblems)
      return verdict(problems.length === 0, { note: `${packed.length} packages`, output: problems.join('\n') })
    })
    if (packed !== undefined) {
      await checkConsumer(report, { tree, packages, packed, versions, folder: join(folder, 'consumer') })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function checkConsumer(report, context) {
  const { tree, packages, packed, versions, folder } = context
  const install = (name, more) =>
    report.run(name, async () => {
      await installPacked(folder, packed, more)
      return verdict(true)
    })
  const before = report.failed
  await install('packages install', {})
  if (report.failed > before) return
  // Without optional peers, as most users have it: main entries must do without them.
  const main = packed.map(({ name }) => name)
  await report.run('main entries without peers', () => tryEntries(process.execPath, folder, main))
  const peers = outsidePeers(tree.root, packages)
  if (Object.keys(peers).length > 0) await install('packages install with peers', peers)
  if (report.failed > before) return
  const specifiers = packed.flatMap(specifiersOf)
  for (const version of versions) {
    await report.run(`packages under Node ${version.split('.')[0]}`, () => tryUnder(context, version, specifiers))
  }
  await report.run('types of packages', () => compile(context, specifiers))
}

async function tryUnder({ tree, packages, folder }, version, specifiers) {
  let node = process.execPath
  if (version !== process.versions.node) {
    try {
      node = await fetchNode(tree.root, version)
    } catch (error) {
      return { passed: 0, failed: 0, skipped: [{ what: `packages under Node ${version}`, why: error.message }] }
    }
  }
  const outcome = await tryEntries(node, folder, specifiers)
  const programs = await Promise.all(
    packedPrograms(tree.root, packages).map((program) => runProgram(node, folder, program)),
  )
  const failed = programs.filter((output) => output !== '')
  return {
    passed: outcome.passed + programs.length - failed.length,
    failed: outcome.failed + failed.length,
    note: [outcome.note, ...(programs.length > 0 ? [`${programs.length} programs`] : [])].join(', '),
    output: [outcome.output, ...failed].filter(Boolean).join('\n'),
  }
}

/** Imports each entry and requires each, in a process for either, which must end by itself. */
async function tryEntries(node, folder, specifiers) {
  const collect =
    'const failed = []; const check = (name, entry) => { if (Object.keys(entry).length === 0) throw new Error(`exports nothing`) };'
  const attempt = (load) =>
    `for (const name of ${JSON.stringify(specifiers)}) { try { check(name, ${load}) } catch (error) { failed.push(name + ': ' + error.message) } }`
  const finish = "if (failed.length > 0) { console.error(failed.join('\\n')); process.exitCode = 1 }"
  writeFileSync(join(folder, 'entries.mjs'), [collect, attempt('await import(name)'), finish].join('\n'))
  writeFileSync(join(folder, 'entries.cjs'), [collect, attempt('require(name)'), finish].join('\n'))
  const runs = ['entries.mjs', 'entries.cjs'].map((file) =>
    capture(node, [file], { cwd: folder, timeoutMs: runTimeoutMs }),
  )
  const [imported, required] = await Promise.all(runs)
  const output = [
    imported.code !== 0 && `import: ${imported.output}`,
    required.code !== 0 && `require: ${required.output}`,
  ]
  return verdict(imported.code === 0 && required.code === 0, {
    note: `${specifiers.length} entries`,
    output: output.filter(Boolean).join('\n'),
  })
}

async function runProgram(node, folder, [pkg, path]) {
  const target = join(folder, pkg.replaceAll('/', '-'))
  mkdirSync(target, { recursive: true })
  copyFileSync(path, join(target, basename(path)))
  const { code, output } = await capture(node, [join(target, basename(path))], { cwd: folder, timeoutMs: runTimeoutMs })
  return code === 0 ? '' : `${pkg}/test/packed/${basename(path)}: ended with code ${code}\n${output}`
}

/** Compiles a consumer that takes every entry, as a module and as CommonJS; and one of core that has neither DOM nor Node. */
async function compile({ tree, folder }, specifiers) {
  const options = { module: 'nodenext', target: 'es2024', strict: true, exactOptionalPropertyTypes: true, noEmit: true }
  const nodeTypes = join(tree.root, 'node_modules', '@types')
  const consumer = { ...options, lib: ['es2024', 'esnext.disposable'], types: ['node'], typeRoots: [nodeTypes] }
  const core = `${product.scope}/core`
  const modules = specifiers.map((name, index) => `import * as entry${index} from '${name}'\nvoid entry${index}`)
  const required = specifiers.map((name, index) => `import entry${index} = require('${name}')\nvoid entry${index}`)
  writeFileSync(join(folder, 'consumer.mts'), modules.join('\n'))
  writeFileSync(join(folder, 'consumer.cts'), required.join('\n'))
  writeFileSync(join(folder, 'bare.mts'), `import * as core from '${core}'\nvoid core\n`)
  const projects = [
    ['tsconfig.json', { compilerOptions: consumer, files: ['consumer.mts', 'consumer.cts'] }],
    [
      'tsconfig.bare.json',
      { compilerOptions: { ...options, lib: ['es2024', 'esnext.disposable'], types: [] }, files: ['bare.mts'] },
    ],
  ]
  const problems = []
  for (const [file, config] of projects) {
    writeFileSync(join(folder, file), JSON.stringify(config))
    const { code, output } = await captureTool('tsc', ['-p', file, '--pretty', 'false'], { cwd: folder })
    const errors = output.split('\n').filter((line) => /error TS\d+/.test(line))
    problems.push(...errors.filter(isOurs), ...(code !== 0 && errors.length === 0 ? [output] : []))
  }
  return verdict(problems.length === 0, { note: `${specifiers.length} entries`, output: problems.join('\n') })
}

/** Whether an error stands in these packages or in their consumer; those of other packages' types are not ours. */
function isOurs(line) {
  return !line.startsWith('node_modules/') || new RegExp(`^node_modules/@?${product.name}/`).test(line)
}
