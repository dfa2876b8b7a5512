import type { ExportContext, Exporter, ExportResult, TelemetryItem } from '@cepa/core'
import { expect, test } from 'vitest'
import { type MemoryExporter, memoryExporter } from '../telemetry/memory-exporter.ts'
import { idOfItem } from '../telemetry/sample-items.ts'
import { checkExporter, type ExporterKitOptions, testExporter } from './exporter.ts'
import { KitError } from './report.ts'

/** A small sound exporter to a destination that can be broken; what a test breaks is put in its place. */
class Shelf implements Exporter {
  readonly name: string = 'shelf'
  readonly wants: readonly TelemetryItem['type'][] = ['call', 'group', 'note', 'loss']
  readonly limits: Exporter['limits'] & object = { delayMs: 0 }
  readonly ids: string[] = []
  state: 'works' | 'fails' | 'hangs' = 'works'

  async export(items: readonly TelemetryItem[], { signal }: ExportContext): Promise<ExportResult> {
    if (this.state === 'fails') return { ok: false, error: new Error('503'), retry: true }
    if (this.state === 'hangs') {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      return { ok: false, error: new Error('gave up'), retry: true }
    }
    this.put(items)
    return { ok: true }
  }
  put(items: readonly TelemetryItem[]): void {
    for (const item of items) this.ids.push(idOfItem(item) ?? 'loss')
  }
  flush(): void | Promise<void> {}
  close(): void | Promise<void> {}
}

const kitFor = (Made: typeof Shelf): ExporterKitOptions => {
  const turn = (state: Shelf['state']) => (exporter: Exporter) => {
    const shelf = exporter as Shelf
    shelf.state = state
    return () => {
      shelf.state = 'works'
    }
  }
  return {
    make: () => new Made(),
    arrived: (exporter) => (exporter as Shelf).ids,
    breakDestination: turn('fails'),
    hangDestination: turn('hangs'),
  }
}

test('a sound exporter passes, and every rule is checked', async () => {
  const { checks, subject } = await testExporter(kitFor(Shelf))
  expect(subject).toBe('shelf')
  expect([...new Set(checks.map(({ rule }) => rule))].toSorted()).toEqual(['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'])
})

test('the memory exporter passes', async () => {
  await testExporter({
    make: () => memoryExporter(),
    arrived: (exporter) => (exporter as MemoryExporter).records.map(({ id }) => id),
    breakDestination(exporter) {
      const memory = exporter as MemoryExporter
      memory.next({ ok: false, error: new Error('503'), retry: true })
      return () => undefined
    },
  })
})

test('an exporter that says only how to export is checked as far as that goes', async () => {
  const report = await checkExporter({ make: () => ({ name: 'bare', export: () => ({ ok: true }) }) })
  expect(report.broken).toEqual([])
  expect([...new Set(report.checks.map(({ rule }) => rule))].toSorted()).toEqual(['T1', 'T2', 'T3', 'T7'])
})

const result = (given: unknown) => async () => given as ExportResult

/** One broken exporter for each rule, and more where a rule is broken in several ways. */
const BROKEN: readonly (readonly [what: string, rule: string, Made: typeof Shelf])[] = [
  [
    'no name',
    'T1',
    class extends Shelf {
      override readonly name = ''
    },
  ],
  [
    'wants what there is not',
    'T1',
    class extends Shelf {
      override readonly wants = ['metric' as 'call']
    },
  ],
  [
    'wants nothing',
    'T1',
    class extends Shelf {
      override readonly wants = []
    },
  ],
  [
    'a limit that is none',
    'T1',
    class extends Shelf {
      override readonly limits = { delayMs: Number.NaN }
    },
  ],
  [
    'gives nothing back',
    'T2',
    class extends Shelf {
      override export = result(undefined)
    },
  ],
  [
    'gives true back',
    'T2',
    class extends Shelf {
      override export = result(true)
    },
  ],
  [
    'stumbles over odd texts',
    'T2',
    class extends Shelf {
      override put(items: readonly TelemetryItem[]): void {
        for (const item of items)
          if (JSON.stringify(item).includes('\\u2028') || JSON.stringify(item).includes('\u2028'))
            throw new Error('odd')
      }
    },
  ],
  [
    'stumbles over fields that it does not know',
    'T2',
    class extends Shelf {
      override put(items: readonly TelemetryItem[]): void {
        if (JSON.stringify(items).includes('laterField')) throw new Error('what is that')
      }
    },
  ],
  [
    'stumbles over records without attempts or trace parents',
    'T2',
    class extends Shelf {
      override put(items: readonly TelemetryItem[]): void {
        for (const item of items)
          if (item.type === 'call') this.ids.push((item.record as { cost: { usd: number } }).cost.usd.toFixed(2))
      }
    },
  ],
  [
    'changes what it is given',
    'T2',
    class extends Shelf {
      override put(items: readonly TelemetryItem[]): void {
        for (const item of items) Object.assign(item, { seen: true })
      }
    },
  ],
  [
    'rejects what it does not like',
    'T2',
    class extends Shelf {
      override export = async (items: readonly TelemetryItem[]): Promise<ExportResult> => ({
        ok: true,
        rejected: items.filter(({ type }) => type === 'note').length,
      })
    },
  ],
  [
    'fails for a batch of none',
    'T3',
    class extends Shelf {
      override put(items: readonly TelemetryItem[]): void {
        if (items[0]?.type.length === undefined) throw new Error('empty')
        super.put(items)
      }
    },
  ],
  [
    'takes only so many',
    'T3',
    class extends Shelf {
      override put(items: readonly TelemetryItem[]): void {
        if (items.length > 100) throw new Error('too many')
        super.put(items)
      }
    },
  ],
  [
    'loses the last of a batch',
    'T4',
    class extends Shelf {
      override put(items: readonly TelemetryItem[]): void {
        super.put(items.length > 10 ? items.slice(0, -1) : items)
      }
    },
  ],
  [
    'writes twice',
    'T4',
    class extends Shelf {
      override put(items: readonly TelemetryItem[]): void {
        super.put([...items, ...items.slice(0, 1)])
      }
    },
  ],
  [
    'mixes the order',
    'T4',
    class extends Shelf {
      override put(items: readonly TelemetryItem[]): void {
        super.put(items.toReversed())
      }
    },
  ],
  [
    'keeps what flush should bring out',
    'T4',
    class extends Shelf {
      held: TelemetryItem[] = []
      override put(items: readonly TelemetryItem[]): void {
        this.held.push(...items)
        if (this.held.length > 20) super.put(this.held.splice(0, 20))
      }
    },
  ],
  [
    'throws when its destination fails',
    'T5',
    class extends Shelf {
      override async export(items: readonly TelemetryItem[], context: ExportContext): Promise<ExportResult> {
        if (this.state === 'fails') throw new Error('503')
        return super.export(items, context)
      }
    },
  ],
  [
    'says that all went well when it did not',
    'T5',
    class extends Shelf {
      override async export(items: readonly TelemetryItem[], context: ExportContext): Promise<ExportResult> {
        return this.state === 'fails' ? { ok: true } : super.export(items, context)
      }
    },
  ],
  [
    'fails with a text',
    'T5',
    class extends Shelf {
      override async export(items: readonly TelemetryItem[], context: ExportContext): Promise<ExportResult> {
        return this.state === 'fails'
          ? ({ ok: false, error: '503', retry: true } as never)
          : super.export(items, context)
      }
    },
  ],
  [
    'does not say whether to try again',
    'T5',
    class extends Shelf {
      override async export(items: readonly TelemetryItem[], context: ExportContext): Promise<ExportResult> {
        return this.state === 'fails' ? ({ ok: false, error: new Error('503') } as never) : super.export(items, context)
      }
    },
  ],
  [
    'stays broken',
    'T5',
    class extends Shelf {
      broken = false
      override async export(items: readonly TelemetryItem[], context: ExportContext): Promise<ExportResult> {
        this.broken ||= this.state === 'fails'
        if (this.broken) return { ok: false, error: new Error('still'), retry: true }
        return super.export(items, context)
      }
    },
  ],
  [
    'is deaf to its signal',
    'T6',
    class extends Shelf {
      override async export(items: readonly TelemetryItem[], context: ExportContext): Promise<ExportResult> {
        return this.state === 'hangs' ? new Promise(() => undefined) : super.export(items, context)
      }
    },
  ],
  [
    'says that what was cut short went well',
    'T6',
    class extends Shelf {
      override async export(items: readonly TelemetryItem[], context: ExportContext): Promise<ExportResult> {
        const whole = await super.export(items, context)
        return this.state === 'hangs' ? { ok: true } : whole
      }
    },
  ],
  [
    'throws in flush',
    'T7',
    class extends Shelf {
      override flush = () => Promise.reject(new Error('no'))
    },
  ],
  [
    'throws in close',
    'T7',
    class extends Shelf {
      override close(): void {
        throw new Error('no')
      }
    },
  ],
]

test.each(BROKEN)(
  '%s: breaks %s',
  async (_, rule, Made) => {
    const { brokenRules } = await checkExporter(kitFor(Made))
    expect(brokenRules).toContain(rule)
  },
  30_000,
)

test('there is a broken exporter for every rule, and their number is known', () => {
  expect(new Set(BROKEN.map(([, rule]) => rule)).size).toBe(7)
  expect(BROKEN).toHaveLength(26)
})

test('the error tells every rule that is broken', async () => {
  const error = await testExporter(kitFor(BROKEN[0]?.[2] as typeof Shelf)).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(KitError)
  expect(String(error)).toContain('T1')
})
