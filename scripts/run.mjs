// The other commands: `node scripts/run.mjs <command> [arguments]`, mostly called as `npm run <command> -- [arguments]`.

import { main } from './bootstrap.mjs'

const fromSource = '--conditions=@cepa/source'
const build = ['scripts/tasks/build.mjs']
const commands = {
  api: [build, ['scripts/tasks/api.mjs']],
  build: [build],
  check: [build, ['scripts/tasks/check.mjs']],
  format: [['scripts/tasks/format.mjs']],
  lifecycle: [[fromSource, 'packages/lifecycle/src/main.ts']],
  'bench:core': [[fromSource, 'packages/bench/src/core.ts']],
  'bench:profiler': [[fromSource, 'packages/bench/src/profiler.ts']],
  'bench:tracing': [[fromSource, 'packages/bench/src/tracing.ts']],
}

const [name, ...args] = process.argv.slice(2)
if (Object.hasOwn(commands, name ?? '')) {
  const steps = commands[name]
  await main(...steps.slice(0, -1), [...steps.at(-1), ...args])
} else {
  console.error(`Unknown command ${JSON.stringify(name ?? '')}. Known: ${Object.keys(commands).join(', ')}.`)
  process.exitCode = 1
}
