import { expect, test } from 'vitest'
import { signalProbe } from './signal-probe.ts'

test('counts what is attached, detached and fired', () => {
  const probe = signalProbe()
  const heard: string[] = []
  const one = () => void heard.push('one')
  const two = () => void heard.push('two')
  probe.signal.addEventListener('abort', one)
  probe.signal.addEventListener('abort', one)
  probe.signal.addEventListener('abort', two, { once: true })
  expect([probe.listeners, probe.attached]).toEqual([2, 2])
  probe.signal.removeEventListener('abort', one)
  expect(probe.listeners).toBe(1)
  probe.abort('enough')
  expect(heard).toEqual(['two'])
  expect(probe.listeners).toBe(0)
  expect(probe.signal.reason).toBe('enough')
})

test('a listener that its own signal takes away is counted out', () => {
  const probe = signalProbe()
  const until = new AbortController()
  probe.signal.addEventListener('abort', () => undefined, { signal: until.signal })
  expect(probe.listeners).toBe(1)
  until.abort()
  expect(probe.listeners).toBe(0)
})
