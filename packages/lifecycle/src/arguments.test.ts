import { describe, expect, it } from 'vitest'
import { argumentsOf } from './arguments.ts'

describe('the command line', () => {
  it('asks for the whole matrix when it says nothing', () => {
    expect(argumentsOf([])).toEqual({ json: false, inProcess: false, bare: false, scenarios: [] })
  })

  it('may ask for a fault, for JSON and for a part', () => {
    const line = ['--json', '--break', 'E3', '--in-process', '--bare', '--only', 'cancel', '--only', 'dispose']
    expect(argumentsOf(line)).toEqual({
      json: true,
      inProcess: true,
      bare: true,
      scenarios: ['cancel', 'dispose'],
      rule: 'E3',
    })
  })

  it('refuses what it does not know', () => {
    expect(() => argumentsOf(['--brake', 'E3'])).toThrow("Unknown option '--brake'")
    expect(() => argumentsOf(['--break'])).toThrow('--break')
  })
})
