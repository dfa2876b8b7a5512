import { expect, test } from 'vitest'
import { asLines, manifestOf, onCore, withSubpath, workspace } from './clean-workspace.mjs'
import { findManifestViolations } from './manifests.mjs'

const retry = 'packages/middleware/retry'
const linesOf = (changes) => asLines(findManifestViolations(workspace(changes)))
const changed = (more) => ({
  [`${retry}/package.json`]: manifestOf(retry, { ...onCore, exports: withSubpath, ...more }),
})
const main = withSubpath['.']

test('manifests of the common shape have no findings', () => {
  expect(linesOf({})).toEqual([])
})

test('a node condition may stand in front', () => {
  const exports = { '.': { node: withSubpath['./node'], ...main }, './package.json': './package.json' }
  expect(linesOf(changed({ exports }))).toEqual([])
})

test.each([
  ['another version', { version: '0.2.0' }, 'all packages have 0.1.0'],
  ['another licence', { license: 'ISC' }, 'license is ISC'],
  ['CommonJS', { type: 'commonjs' }, 'type is not "module"'],
  ['no description', { description: undefined }, 'description must be a sentence'],
  ['a repository', { repository: 'github:a/b' }, 'has "repository"'],
  ['another engine', { engines: { node: '>=20' } }, 'engines.node is >=20'],
  ['side effects', { sideEffects: true }, 'sideEffects must be false'],
  ['other files', { files: ['src'] }, 'files must begin with "dist"'],
  ['scripts', { scripts: { build: 'tsc' } }, 'has "scripts"'],
  ['a command called cepa', { bin: { cepa: './dist/cli.js' } }, 'has a command called cepa'],
  ['no main entry', { exports: { './package.json': './package.json' } }, 'exports has no "."'],
  ['no manifest entry', { exports: { '.': main } }, 'must have "./package.json"'],
  ['no source condition', { exports: { '.': { types: main.types, default: main.default } } }, 'in this order'],
  [
    'types last',
    { exports: { '.': { '@cepa/source': main['@cepa/source'], default: main.default, types: main.types } } },
    'in this order',
  ],
  ['node behind the others', { exports: { '.': { ...main, node: withSubpath['./node'] } } }, 'in this order'],
  ['a bad node condition', { exports: { '.': { node: './dist/node.js', ...main } } }, 'exports["."].node'],
  [
    'types of another file',
    { exports: { '.': { ...main, types: './dist/other.d.ts' } } },
    '.types must be ./dist/index.d.ts',
  ],
  [
    'code of another file',
    { exports: { '.': { ...main, default: './dist/other.js' } } },
    '.default must be ./dist/index.js',
  ],
  [
    'a source that is missing',
    { exports: { '.': { '@cepa/source': './src/gone.ts', types: './dist/gone.d.ts', default: './dist/gone.js' } } },
    'src/gone.ts is missing',
  ],
  ['core as a dependency', { dependencies: { '@cepa/core': 'workspace:^' } }, 'must be a peer, not a dependency'],
  ['core as a peer alone', { devDependencies: {} }, 'must be a devDependency too'],
  ['a range that is not the workspace', { peerDependencies: { '@cepa/core': '^0.1.0' } }, '"workspace:^"'],
  ['an optional peer that is none', { peerDependenciesMeta: { ky: { optional: true } } }, 'names ky, which is no peer'],
])('%s is found', (_, more, message) => {
  expect(linesOf(changed(more)).join('\n')).toContain(message)
})

test('core must be a dependency of the front door', () => {
  const lines = linesOf({ 'packages/cepa/package.json': manifestOf('packages/cepa', onCore) })
  expect(lines.join('\n')).toContain('packages/cepa/package.json: @cepa/core must be in dependencies')
})

test('two ranges of one package are found', () => {
  const lines = linesOf({
    ...changed({ dependencies: { nanoid: '^5.0.0' } }),
    'packages/core/package.json': manifestOf('packages/core', { dependencies: { nanoid: '^6.0.0' } }),
  })
  expect(lines).toEqual([`${retry}/package.json: takes nanoid as ^5.0.0; packages/core takes ^6.0.0`])
})

test('a missing project reference is found', () => {
  expect(linesOf({ [`${retry}/tsconfig.json`]: {} })).toEqual([
    `${retry}/tsconfig.json: references must list ../../core`,
  ])
  expect(linesOf({ [`${retry}/tsconfig.json`]: undefined })).toEqual([`${retry}/tsconfig.json: is missing`])
})

test('tests whose types nobody checks are found', () => {
  const lines = linesOf({ [`${retry}/tsconfig.test.json`]: undefined })
  expect(lines.join()).toContain('tsconfig.test.json: is missing')
})

test('loose pins of the workspace are found', () => {
  const root = { private: true, version: '0.1.0', devDependencies: { node: '24.21.0', vitest: '^5.1.1' } }
  expect(linesOf({ 'package.json': root }).join()).toContain('takes vitest as ^5.1.1')
  const other = { private: true, version: '0.1.0', devDependencies: { node: '24.22.0' } }
  expect(linesOf({ 'package.json': other }).join()).toContain('nodeVersion must be 24.22.0')
  expect(linesOf({ 'package.json': { ...root, private: false } }).join()).toContain('must be private')
})
