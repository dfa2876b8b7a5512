import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
let folder: string

/** What a third party writes: a middleware of its own, sound or not, and the kit. */
const SCRIPT = `
import { middleware } from '@cepa/core'
import { testMiddleware } from '@cepa/testing'
import { fakeServer, testAdapter } from '@cepa/testing/node'

const sound = await testMiddleware({ make: () => middleware({ name: 'mine', event: () => undefined }) })
const broken = await testMiddleware({
  make: () => middleware({ name: 'mine', event: () => { throw new Error('oops') } }),
}).catch((error) => error)
await using server = await fakeServer('Hello')
const body = JSON.stringify({ model: 'm', messages: [] })
const answer = await (await fetch(server.url + '/chat/completions', { method: 'POST', body })).json()
console.log(JSON.stringify({
  sound: sound.broken.length,
  broken: broken.report.brokenRules,
  said: answer.choices[0].message.content,
  kit: typeof testAdapter,
}))
`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kit-'))
  const bin = join(root, 'node_modules/.bin')
  await run(join(bin, 'tsc'), ['-b', 'packages/testing'], { cwd: root })
  const tarballs = await Promise.all(['core', 'testing'].map((name) => pack(join(root, 'packages', name))))
  const dependencies = { '@cepa/core': `file:${tarballs[0]}`, '@cepa/testing': `file:${tarballs[1]}` }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  await writeFile(join(folder, 'try.mjs'), SCRIPT)
  await run('npm', ['install', '--no-audit', '--no-fund', '--offline'], { cwd: folder, env: withoutWorkspace() })
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Packs as for publishing: \`workspace:\` ranges become versions. */
async function pack(from: string): Promise<string> {
  const into = await mkdtemp(join(folder, 'packed-'))
  await run(join(root, '.tools/node_modules/.bin/pnpm'), ['pack', '--pack-destination', into], { cwd: from })
  const [file] = await readdir(into)
  return join(into, file as string)
}

/** The environment without what the workspace's own npm or pnpm put there. */
const withoutWorkspace = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm|node_path)/i.test(name)))

test('a third party uses the kit from packed tarballs', async () => {
  const { stdout } = await run(process.execPath, ['try.mjs'], { cwd: folder, env: withoutWorkspace() })
  expect(JSON.parse(stdout)).toEqual({ sound: 0, broken: ['P3'], said: 'Hello', kit: 'function' })
}, 60_000)
