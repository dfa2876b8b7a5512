import type { LayerProfile, Profile, ProfileReport, TimeSpread } from './profile-data.ts'
import { countText, durationText, shareText } from './quantities.ts'

type Row = readonly string[]

const HEAD: Row = [
  'layer',
  'calls',
  'runs',
  'total',
  'share',
  'mean',
  'p50',
  'p95',
  'p99',
  'way in',
  'event',
  'way out',
  'note',
]

const spreadCells = ({ totalMs, share, meanMs, p50Ms, p95Ms, p99Ms }: TimeSpread): Row => [
  durationText(totalMs),
  shareText(share),
  ...[meanMs, p50Ms, p95Ms, p99Ms].map(durationText),
]

function layerRow(layer: LayerProfile, indent: string): Row {
  const { wayInMs, perEventMs, wayOutMs, notesMs } = layer
  return [
    indent + layer.layer,
    countText(layer.calls),
    countText(layer.runs),
    ...spreadCells(layer),
    ...[wayInMs, perEventMs, wayOutMs, notesMs].map((ms) => (ms === 0 ? '' : durationText(ms))),
  ]
}

/** What each hook took: per run where a layer has it per call. */
const hookRows = ({ hooks }: LayerProfile, wallMs: number, indent: string): readonly Row[] =>
  hooks.map(({ hook, runs, totalMs }) => [
    `${indent}  ${hook}`,
    '',
    countText(runs),
    durationText(totalMs),
    shareText(wallMs > 0 ? totalMs / wallMs : 0),
    runs > 0 ? durationText(totalMs / runs) : '',
  ])

function layerRows({ layers, wall }: Profile, hooks: boolean): readonly Row[] {
  const pipelines = new Set(layers.map(({ pipeline }) => pipeline))
  const indent = pipelines.size > 1 ? '  ' : ''
  return layers.flatMap((layer, index) => {
    const begins = indent !== '' && layers[index - 1]?.pipeline !== layer.pipeline
    return [
      ...(begins ? [[`${layer.pipeline}:`]] : []),
      layerRow(layer, indent),
      ...(hooks ? hookRows(layer, wall.totalMs, indent) : []),
    ]
  })
}

const shareRow = (name: string, spread: TimeSpread): Row => [name, countText(spread.calls), '', ...spreadCells(spread)]

/** Rows as lines: the first column to the left, the others to the right. */
function lines(rows: readonly Row[]): readonly string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

const numbered = (count: number, what: string): string => `${countText(count)} ${what}${count === 1 ? '' : 's'}`

const titleOf = ({ labels: { provider, model } }: Profile): string =>
  provider === undefined ? '' : `${model === undefined ? provider : `${provider}/${model}`}: `

function profileText(profile: Profile, hooks: boolean): string {
  const { calls, events, timedEvents, wall, provider, consumer, accounted } = profile
  const timed = timedEvents < events ? ` (${countText(timedEvents)} timed one by one)` : ''
  const title = `${titleOf(profile)}${numbered(calls, 'call')}, ${numbered(events, 'event')}${timed}`
  if (calls === 0) return title
  const rows = [
    HEAD,
    ...layerRows(profile, hooks),
    shareRow('provider', provider),
    shareRow('consumer', consumer),
    shareRow('wall time', wall),
  ]
  const sum = `layers, provider and consumer are ${shareText(accounted)} of the wall time`
  return [title, ...lines(rows), sum].join('\n')
}

/** A report as a table for a terminal, or one for each group. */
export function reportText({ total, groups, overflow }: ProfileReport, hooks: boolean): string {
  const profiles = groups.length > 0 ? groups : [total]
  const more =
    overflow > 0 ? [`${numbered(overflow, 'call')} under the name other: there were more models than maxModels`] : []
  return [...profiles.map((profile) => profileText(profile, hooks)), ...more].join('\n\n')
}
