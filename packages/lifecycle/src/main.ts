import { argumentsOf, USAGE, UsageError } from './arguments.ts'
import { faultAgainst } from './faults/index.ts'
import { plant } from './faults/plant.ts'

try {
  const given = argumentsOf(process.argv.slice(2))
  const fault = given.rule === undefined ? undefined : faultAgainst(given.rule)
  if (fault) plant(fault)
  // only now, so that the core is loaded with the fault
  const { run } = await import('./run.ts')
  process.exitCode = (await run(given, fault)) ? 0 : 1
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error)
  process.exitCode = 2
}
