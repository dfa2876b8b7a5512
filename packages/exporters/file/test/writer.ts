// Writes records as fast as it can, and tells on standard output what was reported as written, until it is killed.
import { writeSync } from 'node:fs'
import { fileExporter } from '../src/index.ts'
import { callItems, send } from './items.ts'

const [path = '', round = ''] = process.argv.slice(2)
const exporter = fileExporter({ path, maxBytes: 400_000, keepFiles: 10_000 })
for (let batch = 0; ; batch++) {
  const result = await send(exporter, callItems(40, `${round}-${batch}-`, 1500))
  if (!result.ok) throw result.error
  writeSync(1, `${round}-${batch}-\n`)
}
