import { pipeline } from '@cepa/core'
import { collect, fakeProvider, memoryExporter, type Script, virtualClock } from '@cepa/testing'
import { describe, expect, test, vi } from 'vitest'
import { type CallInFlight, group, telemetry } from '../index.ts'

const big = 'word '.repeat(400_000)
const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

function bench(script: Script = 'Hello there you') {
  const clock = virtualClock()
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter], clock })
  const chat = pipeline({ adapter: fakeProvider(script), layers: [watch], clock })
  return { clock, exporter, watch, chat, flush: () => clock.runUntil(watch.flush()) }
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

describe('a record is small, whatever its caller and its provider say', () => {
  test('labels, tools, models, ids and reasons are cut, and lists shortened', async () => {
    const { clock, exporter, chat, flush } = bench({ text: 'a b c', model: big, id: big, finishRaw: big } as Script)
    const tools = Array.from({ length: 2000 }, (_, index) => ({ name: `t${index}${'x'.repeat(5000)}`, parameters: {} }))
    const labels = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`label ${index} ${'y'.repeat(5000)}`, big]),
    )
    const run = group(big, { clock, attributes: labels })
    const caller = { attributes: labels, parent: run, requestId: 'r'.repeat(100_000) }
    const reply = await clock.runUntil(chat({ ...request, model: `m${big}`, tools }, caller))
    await clock.runUntil(reply.cancel(big))
    run.end()
    await flush()
    const { reason, model, attributes, parameters, requestId } = exporter.last
    for (const text of [reason, model, requestId, ...Object.entries(attributes).flat(), ...(parameters.tools ?? [])])
      expect(Buffer.byteLength(text ?? '')).toBeLessThanOrEqual(1024)
    expect([Object.keys(attributes).length, parameters.tools?.length]).toEqual([64, 128])
    for (const item of [exporter.last, exporter.groups[0]]) expect(bytesOf(item)).toBeLessThan(300_000)
    for (const note of exporter.notes) expect(bytesOf(note)).toBeLessThan(8192)
  })

  test('a cut text says so, between two characters', async () => {
    const { clock, exporter, chat, flush } = bench()
    await clock.runUntil(collect(chat(request, { attributes: { a: 'Zwiebelküchlein 🧅 '.repeat(200), b: 'short' } })))
    await flush()
    expect(exporter.last.attributes.a).toMatch(/^Zwiebelküchlein 🧅 .*…$/u)
    expect(exporter.last.attributes.a).not.toContain('\ufffd')
    expect(exporter.last.attributes.b).toBe('short')
  })

  test('no half secret is left where a text is cut', async () => {
    const key = `sk-proj-${'Ab1'.repeat(30)}`
    const { clock, exporter, watch, chat, flush } = bench()
    const seen: CallInFlight[] = []
    watch.observe({ start: (call) => seen.push(call) })
    for (let before = 900; before < 1040; before += 7) {
      const label = `${'w '.repeat(before / 2)}${key} ${'w '.repeat(20_000)}`
      await clock.runUntil(collect(chat(request, { attributes: { label } })))
    }
    await flush()
    expect(exporter.records.length).toBe(20)
    for (const { attributes } of [...exporter.records, ...seen]) expect(attributes.label).not.toMatch(/sk-|Ab1/)
  })
})

test('of a text that is far too long only a part is looked at: within the call, too', async () => {
  const { clock, chat } = bench()
  const label = Buffer.from('x'.repeat(150_000)).toString('base64')
  const replace = vi.spyOn(String.prototype, 'replace')
  await clock.runUntil(collect(chat(request, { attributes: { label } })))
  const lengths = replace.mock.contexts.map((text) => String(text).length)
  replace.mockRestore()
  expect(Math.max(...lengths)).toBeGreaterThan(1024)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(16_384)
})
