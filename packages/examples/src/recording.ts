import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { consoleExporter, type Profiler, profiler, type Telemetry, telemetry } from 'cepa'
import { fileExporter } from 'cepa/file'
import { type GroupScope, groupScope } from 'cepa/node'
import { METRIC_COLUMNS, metricRows } from './metrics.ts'
import { print, say, scene } from './screen.ts'
import { table } from './table.ts'

/** How far the lines after the first are indented where a record's line is too long. */
const HANG = 6
const KIB = 1024

/** The telemetry and the profiler that all stacks of the demonstration share. */
export interface Recording {
  readonly watch: Telemetry
  readonly profile: Profiler
  /** Calls within it are one trace: a group with a record of its own. */
  readonly scope: GroupScope
  /** Where the records are, as JSON lines. */
  readonly path: string
  /** What the console exporter has written so far, kept until the calls are over. */
  readonly lines: readonly string[]
}

/** Starts to record: lines for the screen, every field to a file in a folder for temporary files. */
export function startRecording(): Recording {
  const lines: string[] = []
  const path = join(mkdtempSync(join(tmpdir(), 'cepa-start-')), 'trace.jsonl')
  const scope = groupScope()
  const watch = telemetry({
    scope,
    exporters: [consoleExporter({ console: { log: (line) => lines.push(line) } }), fileExporter({ path })],
  })
  return { watch, profile: profiler(), scope, path, lines }
}

const losses = ({ watch }: Recording): string => {
  const { exporters } = watch.stats()
  return exporters
    .map(({ name, delivered, lost }) => {
      const gone = Object.values(lost).reduce((sum, count) => sum + count, 0)
      return `${name} ${delivered} delivered, ${gone} lost`
    })
    .join(' · ')
}

/** Shows what was recorded: a line for each call, the file, what it came to. */
export async function tellRecording(recording: Recording): Promise<void> {
  const { watch, lines, path } = recording
  await watch.flush()
  scene('What telemetry recorded')
  say('  A line for each call, and one for the run that they are part of:')
  for (const line of lines) print(`  ${line}`, HANG)
  say('  The trace, with every field of these records, as JSON lines:')
  print(`  ${path} (${(statSync(path).size / KIB).toFixed(1)} KB)`, HANG)
  say('  What the calls came to, by provider; times are the median and the 95th percentile:')
  const { total, rows } = watch.metrics({ by: ['provider'] })
  console.log(table(METRIC_COLUMNS, metricRows(rows, total)).replaceAll(/^/gm, '  '))
  say(`  Telemetry never makes a call wait, so it may lose records, and counts them: ${losses(recording)}.`)
}

/** Shows where the time went, and names the file that has it call by call. */
export function tellProfile({ profile, path }: Recording): void {
  scene('Where the time went')
  say('  Self times of the layers of both stacks, outermost first; what a call waits for is not its layers’:')
  console.log(
    profile
      .report()
      .trimEnd()
      .replaceAll(/^(?=.)/gm, '  '),
  )
  const trace = join(dirname(path), 'calls.trace.json')
  writeFileSync(trace, JSON.stringify(profile.chromeTrace()))
  say('  The same call by call, for chrome://tracing or ui.perfetto.dev:')
  print(`  ${trace} (${(statSync(trace).size / KIB).toFixed(1)} KB)`, HANG)
}
