import { describe, expect, it } from 'vitest'
import { cutText, describeBody } from './excerpt.ts'
import { redactor, safeCause } from './redact.ts'

describe('redactor', () => {
  const redact = redactor(['the-tenant-key', 'Bearer the-tenant-key', 'abc'])

  it.each([
    ['refused: the-tenant-key!', 'refused: [redacted]!'],
    ['header Bearer the-tenant-key', 'header [redacted]'],
    ['Incorrect API key provided: sk-proj-****************abcd.', 'Incorrect API key provided: [redacted]'],
    ['authorization: Bearer eyJhbGciOi.eyJzdWIiOiI.c2ln', '[redacted]'],
    ['key AIzaSyA1234567890abcdefghij', 'key [redacted]'],
    ['{"api_key":"0123456789"}', '{"[redacted]"}'],
    ['abc is too short to be a secret', 'abc is too short to be a secret'],
  ])('%s', (text, clean) => {
    expect(redact(text)).toBe(clean)
  })
})

describe('safeCause', () => {
  const redact = redactor(['the-tenant-key'])

  it('keeps what is clean', () => {
    const error = new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })
    expect(safeCause(error, redact)).toBe(error)
  })

  it('replaces what holds a secret, also deep in its causes', () => {
    const inner = Object.assign(new Error('"Bearer the-tenant-key" is an invalid header value'), { code: 'ERR_X' })
    const safe = safeCause(inner, redact) as Error & { code: string }
    expect(safe).toMatchObject({ code: 'ERR_X', name: 'Error' })
    expect(`${safe.message} ${safe.stack}`).not.toContain('the-tenant-key')
    const outer = safeCause(new TypeError('fetch failed', { cause: inner }), redact) as Error
    expect(outer).toMatchObject({ name: 'TypeError', message: 'fetch failed' })
    expect(outer.cause).toBeUndefined()
    expect((safeCause(new Error('x', { cause: 'the-tenant-key' }), redact) as Error).cause).toBeUndefined()
  })
})

describe('describeBody', () => {
  const redact = redactor(['the-tenant-key'])

  it.each([
    ['', 'an empty body'],
    [' \n', 'an empty body'],
    ['<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>', 'an HTML page "502 Bad Gateway"'],
    ['<html><body><h1>Not here</h1>', 'an HTML page "Not here"'],
    ['<html><body>no heading', 'an HTML page'],
    ['upstream\r\nconnect error', '"upstream connect error"'],
    ['<html><title>the-tenant-key', 'an HTML page'],
    ['your key the-tenant-key', '"your key [redacted]"'],
  ])('%s', (text, words) => {
    expect(describeBody(text, redact)).toBe(words)
  })

  it('redacts before it cuts', () => {
    const text = `${'x'.repeat(295)} the-tenant-key`
    expect(describeBody(text, redact)).not.toContain('the-')
  })

  it('cuts', () => {
    expect(cutText('x'.repeat(1_000_000)).length).toBe(301)
    expect(cutText(`a${' '.repeat(5_000)}b`, 10)).toBe('a…')
  })
})
