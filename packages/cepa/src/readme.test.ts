import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const manifest = JSON.parse(read('../package.json'))

/** The names of the rows of the box in the README of the repository, with what their second cell says. */
const box = read('../../../README.md')
  .split('\n')
  .filter((line) => line.startsWith('| [`'))
  .flatMap((line) => {
    const [, names = '', held = ''] = line.split('|')
    return [...names.matchAll(/\[`([^`]+)`\]/g)].map(([, name]) => ({ name, held: held.trim() }))
  })

test('the README says which packages one install brings, and where the others stand', () => {
  const brought = box.filter(({ held }) => held === '✓').map(({ name }) => name)
  const own = Object.keys(manifest.dependencies).filter((name) => name.startsWith('@cepa/'))
  // what the adapters share comes with them
  expect(brought.toSorted()).toEqual(['@cepa/transport', 'cepa', ...own].toSorted())
  const beside = box.filter(({ held }) => held.startsWith('`'))
  expect(beside.map(({ name }) => name).toSorted()).toEqual(Object.keys(manifest.peerDependencies).toSorted())
  for (const { held } of beside) expect(manifest.exports).toHaveProperty([held.slice(1, -1).replace('cepa/', './')])
})

test('the README of the front door lists its layers and its subpaths', () => {
  const page = read('../README.md')
  for (const subpath of Object.keys(manifest.exports)) {
    if (subpath !== '.' && subpath !== './package.json') expect(page).toContain(`\`cepa/${subpath.slice(2)}\``)
  }
})
