import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { telemetryFindings } from '@cepa/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, accountsOf } from './account/account.ts'
import { SURFACES, type Surface } from './compare/surfaces.ts'
import { FAULTS } from './faults/index.ts'
import { CAST } from './script/scenes/index.ts'
import { type ScriptLine, scriptOf } from './script/script.ts'
import { closeStage, type Leftovers } from './stage/close-stage.ts'
import { type Evidence, gather } from './stage/evidence.ts'
import { play } from './stage/play.ts'
import { setStage } from './stage/stage.ts'

const CALLS = 1000
const AT_ONCE = 32
const SEED = 4

let folder: string
let lines: readonly ScriptLine[]
let accounts: readonly Account[]
let evidence: Evidence
let leftovers: Leftovers

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'))
  const path = join(folder, 'calls.jsonl')
  lines = scriptOf(CALLS, SEED)
  const stage = await setStage(lines, path)
  const views = await play(lines, stage, AT_ONCE)
  await Promise.all(Object.values(stage.providers).map(({ server }) => server.quiet()))
  evidence = await gather(stage, path)
  accounts = accountsOf({ lines, views, providers: stage.providers })
  leftovers = await closeStage(stage)
}, 60_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

describe(`${CALLS} mixed calls, ${AT_ONCE} at a time`, () => {
  it('play every scene, and end in every way, at both providers', () => {
    expect([...new Set(lines.map(({ name }) => name))].sort()).toEqual(Object.keys(CAST).sort())
    for (const provider of ['openai', 'anthropic']) {
      const own = lines.filter(({ draft }) => draft.provider === provider)
      const endings = new Set(own.map(({ scene }) => scene.ends))
      expect([...endings].sort()).toEqual(['abandoned', 'aborted', 'done', 'failed', 'unread'])
    }
  })

  it.each(Object.keys(SURFACES) as Surface[])('are as the ledgers have them: %s', (surface) => {
    expect(SURFACES[surface](accounts, evidence)).toEqual([])
  })

  it('are told completely, with ids that lead somewhere', () => {
    expect(telemetryFindings(evidence.items)).toEqual([])
  })

  it('leave nothing behind', () => {
    expect(leftovers).toEqual({
      problems: [],
      undelivered: [],
      inFlight: 0,
      lostRecords: 0,
      openAnswers: 0,
      sockets: 0,
      handles: [],
    })
  })

  it('are the same for the same seed', () => {
    const [again, other] = [scriptOf(CALLS, SEED), scriptOf(CALLS, SEED + 1)]
    const brief = (script: readonly ScriptLine[]) => script.map(({ name, draft, tenant }) => [name, draft, tenant])
    expect(brief(again)).toEqual(brief(lines))
    expect(brief(other)).not.toEqual(brief(lines))
  })
})

describe('a fault in what is told is found', () => {
  it.each(FAULTS)('$surface: $name', ({ surface, plant, finds }) => {
    const found = SURFACES[surface](accounts, plant(evidence))
    for (const each of finds) expect(found.filter((finding) => each.test(finding))).not.toEqual([])
  })
})
