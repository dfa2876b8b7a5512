import { expect, test } from 'vitest'
import { lineAt, tokenize } from './tokens.mjs'

const values = (text) => tokenize(text).map(({ kind, value }) => `${kind} ${value}`)

test('comments and white space are no tokens', () => {
  expect(values('#!/usr/bin/env node\na // b\n/* c */ d')).toEqual(['word a', 'word d'])
})

test('strings are given without quotes, and end at their quote or at the line', () => {
  expect(values(`'a"b' "c\\"d" 'e\nf`)).toEqual(['string a"b', 'string c\\"d', 'string e', 'word f'])
})

test('templates are cut at their expressions, however deep', () => {
  const text = '`a${b + `c${{ d: 1 }}`}e` + f'
  expect(values(text).filter((value) => value.startsWith('word'))).toEqual(['word b', 'word d', 'word f'])
})

test.each([
  ['a = /[/"]/g', ['word a', 'punctuator =', 'regex /[/"]/g']],
  [
    "return /'/.test(b)",
    ['word return', "regex /'/", 'punctuator .', 'word test', 'punctuator (', 'word b', 'punctuator )'],
  ],
  ['a / b / c', ['word a', 'punctuator /', 'word b', 'punctuator /', 'word c']],
  ['(a) / 2', ['punctuator (', 'word a', 'punctuator )', 'punctuator /', 'number 2']],
])('a slash is a division or begins a regular expression: %s', (text, expected) => {
  expect(values(text)).toEqual(expected)
})

test('an arrow is one token, other punctuators are one character each', () => {
  expect(values('a=>b>=1.5e3')).toEqual([
    'word a',
    'punctuator =>',
    'word b',
    'punctuator >',
    'punctuator =',
    'number 1.5e3',
  ])
})

test('lines count from one', () => {
  expect([0, 1, 2, 3].map((at) => lineAt('a\nb\n', at))).toEqual([1, 1, 2, 2])
})
