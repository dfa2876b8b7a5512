import { expect, test } from 'vitest'
import { declarationEntries, describeApi } from './api.mjs'
import { memoryTree } from './tree.mjs'

const describe = (files) =>
  describeApi(memoryTree(files), '@cepa/x', 'dist/index.d.ts').split('\n').slice(2).join('\n').trimEnd()

test('what an entry exports is shown without comments, sorted by name', () => {
  const text = describe({
    'dist/index.d.ts':
      "export { retry } from './retry.ts';\nexport type { Delay } from './delay.js';\n//# sourceMappingURL=index.d.ts.map",
    'dist/retry.d.ts':
      '/** Retries. */\nexport declare function retry(times: number): void;\nexport declare function retry(times: string): void;\nexport declare const hidden: 1;\n',
    'dist/delay.d.ts': 'export interface Delay {\n    /** How long. */\n    readonly delayMs: number; // ms\n}\n',
  })
  expect(text).toBe(
    'export interface Delay {\n    readonly delayMs: number;\n}\n\nexport function retry(times: number): void;\nexport function retry(times: string): void;',
  )
})

test('what an export refers to belongs to it, in this file, in another and in another package', () => {
  const text = describe({
    'dist/index.d.ts':
      "import type { Call } from '@cepa/core';\nimport type { Delay as Wait } from './delay.ts';\nimport * as times from './times.ts';\ninterface Options<T = {}> {\n    wait: Wait;\n}\nexport declare class Retry {\n    run(call: Call, options: Options, at: times.Time): void;\n}\nexport {};\n",
    'dist/delay.d.ts': 'type Ms = number;\nexport type Delay = Ms | { ms: Ms };\nexport type Unused = 1;\n',
    'dist/times.d.ts': 'export type Time = bigint;\n',
  })
  expect(text).toBe(
    [
      "import type { Call } from '@cepa/core'",
      'type Delay = Ms | { ms: Ms };',
      'type Ms = number;',
      'interface Options<T = {}> {\n    wait: Wait;\n}',
      'export class Retry {\n    run(call: Call, options: Options, at: times.Time): void;\n}',
      'type Time = bigint;',
    ].join('\n\n'),
  )
})

test('what is passed on from another package and what is renamed is listed', () => {
  const text = describe({
    'dist/index.d.ts':
      "export { middleware, type Call as CoreCall } from '@cepa/core';\ndeclare const a: 1;\nexport { a as b };\n",
  })
  expect(text).toBe(
    "export { Call as CoreCall } from '@cepa/core'\nexport { middleware } from '@cepa/core'\n\nexport { a as b }\n\nconst a: 1;",
  )
})

test('a file that the build did not write is named', () => {
  expect(() => describe({ 'dist/index.d.ts': "export { a } from './gone.ts';\n" })).toThrow('dist/gone.d.ts is missing')
})

test('each entry and each node condition has a snapshot', () => {
  const types = (name) => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` })
  const exports = {
    '.': { node: types('index-node'), ...types('index') },
    './web/sse': types('sse'),
    './package.json': './package.json',
  }
  expect(declarationEntries({ folder: 'packages/x', manifest: { exports } })).toEqual([
    ['index', 'packages/x/dist/index.d.ts'],
    ['index.node', 'packages/x/dist/index-node.d.ts'],
    ['web-sse', 'packages/x/dist/sse.d.ts'],
  ])
})
