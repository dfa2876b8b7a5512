import type { Exporter } from '@cepa/core'
import { testExporter } from '@cepa/testing'
import { expect, test } from 'vitest'
import { type ConsoleForm, consoleExporter } from './index.ts'

/** A console that keeps what it is given, or is broken. */
class Screen {
  readonly texts: string[] = []
  broken = false

  log(text: string): void {
    if (this.broken) throw new Error('EPIPE')
    this.texts.push(text)
  }
}

test.each<ConsoleForm>(['line', 'verbose', 'json'])(
  'it keeps the contract of exporters in the form %s',
  async (form) => {
    const screens = new Map<Exporter, Screen>()
    const screenOf = (exporter: Exporter): Screen => screens.get(exporter) as Screen
    const { broken, checks } = await testExporter({
      make() {
        const console = new Screen()
        const exporter = consoleExporter({ form, console, notes: true, colors: true })
        screens.set(exporter, console)
        return exporter
      },
      ...(form === 'json' && {
        arrived: (exporter) => screenOf(exporter).texts.map((text) => JSON.parse(text).id),
      }),
      breakDestination(exporter) {
        const screen = screenOf(exporter)
        screen.broken = true
        return () => {
          screen.broken = false
        }
      },
    })
    expect(broken).toEqual([])
    expect(checks.length).toBeGreaterThan(8)
  },
)
