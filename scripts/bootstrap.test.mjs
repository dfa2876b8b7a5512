import { spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from './bootstrap.mjs'

const pinned = process.versions.node
let folder

// A clone with the real scripts, and a pnpm that notes its calls and installs nothing but Node.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootstrap-'))
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true })
  write('package.json', JSON.stringify({ packageManager: 'pnpm@12.0.0', devDependencies: { node: pinned } }))
  write('pnpm-workspace.yaml', 'packages:\n  - packages/core\n')
  write('packages/core/package.json', '{ "name": "@cepa/core" }')
  write('pnpm-lock.yaml', 'lockfileVersion: 9\n')
  write('.tools/node_modules/pnpm/package.json', '{ "version": "12.0.0" }')
  pnpmDoes(`sleep 0.2; mkdir -p node_modules/.bin; ln -sf '${process.execPath}' node_modules/.bin/node`)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function pnpmDoes(script) {
  write('.tools/node_modules/.bin/pnpm', `#!/bin/sh\necho "$*" >> calls.log\n${script}\n`)
  chmodSync(join(folder, '.tools/node_modules/.bin/pnpm'), 0o755)
}

const calls = () =>
  existsSync(join(folder, 'calls.log')) ? readFileSync(join(folder, 'calls.log'), 'utf8').trim().split('\n') : []

/** Runs a script after the bootstrap and resolves with what was printed and the exit code. */
function run(script = 'console.log(process.version)', env = {}) {
  const code = `import { main } from './scripts/bootstrap.mjs'; await main(['-e', ${JSON.stringify(script)}])`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: folder,
    env: { ...process.env, ...env },
  })
  const printed = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (printed[name] += chunk))
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ ...printed, exitCode })))
}

test('it installs from the lockfile once, says so, and then is silent', async () => {
  const first = await run()
  expect(first).toMatchObject({ stdout: `v${pinned}\n`, exitCode: 0 })
  expect(first.stderr).toBe(`setup: installing dependencies and Node ${pinned} from the lockfile\n`)
  expect(calls()).toEqual(['install --frozen-lockfile --reporter=append-only'])
  expect(await run()).toMatchObject({ stdout: `v${pinned}\n`, stderr: '', exitCode: 0 })
  expect(calls()).toHaveLength(1)
})

test.each([
  ['the lockfile', 'pnpm-lock.yaml', 'lockfileVersion: 10\n'],
  ['a manifest', 'packages/core/package.json', '{ "name": "@cepa/core", "dependencies": {} }'],
  ['the workspace', 'pnpm-workspace.yaml', 'packages:\n  - packages/core\nnodeVersion: 1\n'],
])('it installs again when %s has changed', async (_, path, text) => {
  await run()
  write(path, text)
  await run()
  await run()
  expect(calls()).toHaveLength(2)
})

test('it installs again when the folder of dependencies is gone', async () => {
  await run()
  rmSync(join(folder, 'node_modules'), { recursive: true })
  expect((await run()).stdout).toBe(`v${pinned}\n`)
})

test('two commands at once install once', async () => {
  const [first, second] = await Promise.all([run(), run()])
  expect([first.exitCode, second.exitCode]).toEqual([0, 0])
  expect(calls()).toHaveLength(1)
})

test('the exit code of what it runs is its own', async () => {
  expect((await run('process.exit(7)')).exitCode).toBe(7)
  expect((await run("process.kill(process.pid, 'SIGKILL')")).exitCode).toBe(137)
})

test('an install that fails shows why and what to do, and is tried again', async () => {
  pnpmDoes('echo "ERR_PNPM_OUTDATED_LOCKFILE" >&2; exit 1')
  const { stdout, stderr, exitCode } = await run()
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
  expect(stderr).toContain('ERR_PNPM_OUTDATED_LOCKFILE')
  expect(stderr).toContain('The dependencies could not be installed. If the lockfile is out of date, run')
  await run()
  expect(calls()).toHaveLength(2)
})

test('another Node than the pinned one is refused', async () => {
  pnpmDoes(
    "mkdir -p node_modules/.bin; printf '#!/bin/sh\\necho v20.0.0\\n' > node_modules/.bin/node; chmod +x node_modules/.bin/node",
  )
  const { stderr, exitCode } = await run()
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`node_modules/.bin/node should be Node ${pinned}, but: v20.0.0`)
  expect(stderr).toContain('Remove node_modules and run the same command again.')
})

test('a pnpm that cannot be fetched is explained', async () => {
  write('.tools/node_modules/pnpm/package.json', '{ "version": "11.0.0" }')
  // Nothing listens on port 1.
  const env = {
    npm_config_registry: 'http://127.0.0.1:1',
    npm_config_fetch_retries: '0',
    npm_config_cache: join(folder, 'cache'),
  }
  const { stderr, exitCode } = await run(undefined, env)
  expect(exitCode).toBe(1)
  expect(stderr).toContain('setup: fetching pnpm 12.0.0 into .tools')
  expect(stderr).toContain('pnpm 12.0.0 could not be fetched. The npm registry must be reachable')
})

test('a workspace without a pinned pnpm is explained', async () => {
  write('package.json', JSON.stringify({ devDependencies: { node: pinned } }))
  expect((await run()).stderr).toContain('package.json has no "packageManager": "pnpm@x.y.z"')
})
