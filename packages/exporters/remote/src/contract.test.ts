import { testExporter } from '@cepa/testing'
import { expect, test } from 'vitest'
import { receiver } from '../test/receiver.ts'
import { remoteExporter } from './index.ts'

test.each([true, false])('it keeps the contract of exporters, compressed: %s', async (gzip) => {
  const { url, received, answer } = await receiver()
  const well = (): void => answer((response) => response.writeHead(202).end())
  const { broken, checks } = await testExporter({
    make: () => remoteExporter({ url, gzip, notes: true, key: 'whsec_VGhlIHJlY2VpdmVyIGhhcyB0aGUgc2FtZSBrZXku' }),
    arrived: () => received.flatMap(({ body }) => JSON.parse(body).data.items).map(({ id }) => id),
    breakDestination() {
      answer((response) => response.writeHead(500).end())
      return well
    },
    hangDestination() {
      answer(() => {})
      return well
    },
  })
  expect(broken).toEqual([])
  expect(checks.length).toBeGreaterThan(10)
})
