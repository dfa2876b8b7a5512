import { glob, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A public package whose main entry runs in every runtime. */
export interface Portable {
  readonly name: string
  /** Path of its main entry's source. */
  readonly entry: string
}

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The public packages of the workspace that have a main entry and are not for Node alone. */
export async function portablePackages(): Promise<Portable[]> {
  const found: Portable[] = []
  for await (const file of glob('{*,*/*}/package.json', {
    cwd: root,
    exclude: (name) => name.includes('node_modules'),
  })) {
    const manifest = JSON.parse(await readFile(`${root}${file}`, 'utf8'))
    if (manifest.private || !manifest.exports?.['.'] || manifest.cepa?.runtime === 'node') continue
    found.push({ name: manifest.name, entry: `${root}${dirname(file)}/${manifest.exports['.']['@cepa/source']}` })
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}
