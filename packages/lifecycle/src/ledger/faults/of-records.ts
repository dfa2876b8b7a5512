import type { CallRecord, Usage } from '@cepa/core'
import type { Evidence } from '../stage/evidence.ts'
import { changeFirst, type PlantedFault } from './fault.ts'

const oneMore = (usage: Usage): Usage => ({ ...usage, outputTokens: (usage.outputTokens ?? 0) + 1 })

const withSpent = (record: CallRecord): boolean => record.spent !== undefined && record.usage !== undefined
const isRetried = (record: CallRecord): boolean => record.attempts.length > 1 && record.ending === 'done'

/** Counts what the losing attempts spent as the answer's own. */
const spentAsUsage = (record: CallRecord): CallRecord => ({ ...record, usage: record.spent as Usage })

const inRecords =
  (holds: (record: CallRecord) => boolean, change: (record: CallRecord) => readonly CallRecord[]) =>
  (evidence: Evidence): Evidence => ({ ...evidence, records: changeFirst(evidence.records, holds, change) })

const inFile =
  (holds: (record: CallRecord) => boolean, change: (record: CallRecord) => readonly CallRecord[]) =>
  (evidence: Evidence): Evidence => ({ ...evidence, fileRecords: changeFirst(evidence.fileRecords, holds, change) })

const spentMore = ({ spent, usage, cache }: CallRecord): boolean =>
  cache?.outcome !== 'hit' && spent !== undefined && usage !== undefined && spent.inputTokens !== usage.inputTokens

/** Faults in records and in the file. */
export const OF_RECORDS: readonly PlantedFault[] = [
  {
    name: 'a record with a token too many',
    surface: 'exporter',
    plant: inRecords(withSpent, (record) => [{ ...record, spent: oneMore(record.spent as Usage) }]),
    finds: [/^exporter: record line-\d{4}.*: spent\.outputTokens is \d+, the ledger says \d+$/],
  },
  {
    name: 'an attempt with a byte too many',
    surface: 'exporter',
    plant: inRecords(isRetried, (record) => [
      { ...record, attempts: record.attempts.map((each) => ({ ...each, bytesSent: (each.bytesSent ?? 0) + 1 })) },
    ]),
    finds: [/^exporter: record line-.*: attempt 0: bytesSent/, /attempt 1: bytesSent/],
  },
  {
    name: 'an answer whose usage is what all attempts spent',
    surface: 'exporter',
    plant: inRecords(spentMore, (record) => [spentAsUsage(record)]),
    finds: [/^exporter: record line-.*: usage\.inputTokens/],
  },
  {
    name: 'a dropped record',
    surface: 'file',
    plant: inFile(
      () => true,
      () => [],
    ),
    finds: [/^file: record line-\d{4}.*: there are 0$/],
  },
  {
    name: 'a record that was written twice',
    surface: 'file',
    plant: inFile(withSpent, (record) => [record, record]),
    finds: [/^file: record line-.*: there are 2$/],
  },
  {
    name: 'a cost that is a cent off',
    surface: 'file',
    plant: inFile(
      ({ cost }) => (cost?.usd ?? 0) > 0,
      (record) => [{ ...record, cost: { ...record.cost, attempts: [], usd: (record.cost?.usd ?? 0) + 0.01 } }],
    ),
    finds: [/^file: record line-.*: cost\.usd/],
  },
  {
    name: 'headers that came before the server sent them',
    surface: 'exporter',
    plant: inRecords(
      ({ attempts }) => (attempts[0]?.headersMs ?? 0) > 1,
      (record) => [{ ...record, attempts: record.attempts.map((each) => ({ ...each, headersMs: 0 })) }],
    ),
    finds: [/^exporter: record line-.*: attempt 0: headers on the server/],
  },
]
