import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { portablePackages } from './packages.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workerd-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Anything of Node in a bundle is an error, with the file that asked for it. */
const withoutNode: Plugin = {
  name: 'without-node',
  setup(building) {
    building.onResolve({ filter: /^node:/ }, ({ path, importer }) => ({
      errors: [{ text: `${importer} imports ${path}` }],
    }))
  },
}

const bundle = (entry: string, outfile: string) =>
  build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    // those of Cloudflare's own bundler, and our sources
    conditions: ['workerd', 'worker', 'browser', '@cepa/source', 'import'],
    mainFields: ['module', 'main'],
    plugins: [withoutNode],
    metafile: true,
    logLevel: 'silent',
  })

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const configOf = (port: number): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [(name = "worker.js", esModule = embed "worker.js")], compatibilityDate = "2025-11-01"))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
`

/** Asks until the server is up. */
async function answerOf(url: string, stillUp: () => boolean): Promise<unknown> {
  for (;;) {
    try {
      return await (await fetch(url)).json()
    } catch (error) {
      if (!stillUp()) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

test('core and the pure middlewares run in workerd', async () => {
  await bundle(join(here, 'worker.ts'), join(folder, 'worker.js'))
  const port = await freePort()
  await writeFile(join(folder, 'config.capnp'), configOf(port))
  const binary = fileURLToPath(new URL('../../node_modules/.bin/workerd', import.meta.url))
  const workerd = spawn(binary, ['serve', join(folder, 'config.capnp')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  workerd.stderr.setEncoding('utf8').on('data', (chunk) => {
    complaints += chunk
  })
  try {
    const answer = await answerOf(`http://127.0.0.1:${port}/`, () => workerd.exitCode === null)
    expect(answer).toMatchObject({
      streamed: 'Hello from workerd',
      again: 'Hello from workerd',
      source: 'cache',
      attempts: 1,
      node: false,
    })
    expect((answer as { lines: string[] }).lines).toHaveLength(3)
  } finally {
    workerd.kill()
    await once(workerd, 'exit')
  }
  expect(complaints).not.toContain('error')
}, 60_000)

const portable = await portablePackages()

describe('the main entry of every package bundles for workerd', () => {
  test.each(portable)('$name', async ({ name, entry }) => {
    const outfile = join(folder, `${name.replaceAll('/', '-')}.js`)
    await bundle(entry, outfile)
    const text = await readFile(outfile, 'utf8')
    expect(text).not.toMatch(/from\s*"node:/)
    expect(text.length).toBeGreaterThan(100)
  })
})
