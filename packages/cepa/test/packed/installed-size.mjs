// Runs in an empty folder in which the packed packages are installed: what `npm install cepa` puts on a disk stays under a ceiling.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const CEILING_BYTES = 11 * 1024 * 1024

const folderOf = (name, from) => {
  const require = createRequire(join(from, 'package.json'))
  for (const place of require.resolve.paths(name) ?? []) {
    const folder = join(place, name)
    try {
      if (statSync(join(folder, 'package.json')).isFile()) return folder
    } catch {}
  }
  throw new Error(`${name} is not installed for ${from}`)
}

const bytesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .reduce((sum, entry) => {
      const path = join(folder, entry.name)
      return sum + (entry.isDirectory() ? bytesIn(path) : statSync(path).size)
    }, 0)

const sizes = new Map()
const visit = (folder) => {
  if (sizes.has(folder)) return
  const { name, dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  sizes.set(folder, { name, bytes: bytesIn(folder) })
  for (const dependency of Object.keys(dependencies)) visit(folderOf(dependency, folder))
}
visit(folderOf('cepa', dirname(join(process.cwd(), 'package.json'))))

const total = [...sizes.values()].reduce((sum, { bytes }) => sum + bytes, 0)
const largest = [...sizes.values()].toSorted((a, b) => b.bytes - a.bytes).slice(0, 5)
const mib = (bytes) => `${(bytes / 1024 / 1024).toFixed(2)} MiB`
console.log(
  `cepa: ${sizes.size} packages, ${mib(total)}; largest: ${largest.map(({ name, bytes }) => `${name} ${mib(bytes)}`).join(', ')}`,
)
if (total > CEILING_BYTES)
  throw new Error(`cepa installs ${mib(total)}, more than its ceiling of ${mib(CEILING_BYTES)}`)
