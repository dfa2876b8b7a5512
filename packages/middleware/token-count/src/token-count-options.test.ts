import { OptionError, pipeline } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { type TokenCountOptions, tokenCount } from './index.ts'

describe('options', () => {
  test.each<[object, string]>([
    [{ price: 1 }, 'tokenCount: option price is given; there is no such option; did you mean prices?'],
    [{ estimate: 'no' }, 'option estimate is "no"; it must be true or false'],
    [{ tokenizer: {} }, 'option tokenizer is an object; it must be an object with count() and a name'],
    [{ tokenizer: { count: () => 1 } }, 'option tokenizer is an object; it must be an object with count() and a name'],
    [{ prices: () => 1 }, 'option prices is a function; it must be an object with price() and a name'],
    [{ by: 'tenant' }, 'option by is "tenant"; it must be a list'],
    [{ by: ['tenant', ''] }, 'option by.1 is ""; it must be a string that is not empty'],
    [
      { by: ['tenant', 'tenant'] },
      'option by is a list with "tenant" where it is taken; it must name attributes of calls',
    ],
    [{ by: ['model'] }, 'option by is a list with "model" where it is taken'],
    [{ maxGroups: 0 }, 'option maxGroups is 0; it must be an integer from 1 to 10000'],
    [{ imageTokens: 1.5 }, 'option imageTokens is 1.5; it must be an integer of at least 0'],
  ])('%j are refused', (wrong, message) => {
    const make = () => tokenCount(wrong as TokenCountOptions)
    expect(make).toThrow(OptionError)
    expect(make).toThrow(message)
  })

  test('are shown as data, tokenizer and price table by name as it is now', () => {
    let day = 1
    const prices = {
      get name() {
        return `list of day ${day}`
      },
      price: () => ({ unknown: 'no price' }),
    }
    const chat = pipeline(fakeProvider(), tokenCount({ by: ['tenant'], prices }))
    const toldNow = () => chat.explain({ json: true }).layers[0]
    expect(toldNow()).toMatchObject({
      data: { estimate: true, by: ['tenant'], maxGroups: 100, imageTokens: 765 },
      named: { tokenizer: 'tokenx', prices: 'list of day 1' },
    })
    day = 2
    expect(toldNow()).toMatchObject({ named: { prices: 'list of day 2' } })
    expect(JSON.parse(JSON.stringify(toldNow()))).toEqual(toldNow())
  })

  test('of one call are checked before anything is sent', async () => {
    const provider = fakeProvider()
    const chat = pipeline(provider, tokenCount())
    const request = { model: 'm', messages: [] }
    const wrong = { layers: { tokenCount: { estimate: 1 } } } as never
    await expect(chat.complete(request, wrong)).rejects.toThrow('layers.tokenCount: option estimate is 1')
    await chat.complete(request, { layers: { tokenCount: false } })
    expect(provider.ledger).toHaveLength(1)
  })
})
