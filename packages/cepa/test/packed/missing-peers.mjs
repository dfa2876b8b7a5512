// Runs in an empty folder in which the packed packages are installed. What a subpath needs and is not there, its error names: the package,
// and by the folder of the module that asked for it what to do. A static re-export has its types and can be bundled; it cannot have an
// error of its own.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const here = createRequire(join(process.cwd(), 'package.json'))
const manifestFile = here.resolve('cepa/package.json')
const { exports: entries, peerDependenciesMeta } = here(manifestFile)
const behind = Object.entries(entries).filter(([, target]) => target.default?.includes('/install-to-use/'))
const folder = mkdtempSync(join(tmpdir(), 'without-peers-'))
const problems = []
const named = new Set()
try {
  cpSync(dirname(manifestFile), join(folder, 'node_modules', 'cepa'), { recursive: true })
  for (const [entry] of behind) {
    const name = `cepa${entry.slice(1)}`
    for (const [file, load] of [
      ['try.mjs', `await import('${name}')`],
      ['try.cjs', `require('${name}')`],
    ]) {
      writeFileSync(join(folder, file), load)
      const { stderr } = spawnSync(process.execPath, [join(folder, file)], { encoding: 'utf8' })
      const [, missing] = /Cannot find package '([^']+)' imported from [^\n]*install-to-use/.exec(stderr) ?? []
      if (peerDependenciesMeta[missing]?.optional === true) named.add(missing)
      else problems.push(`${load} says:\n${stderr}`)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
for (const peer of Object.keys(peerDependenciesMeta)) {
  if (!named.has(peer)) problems.push(`${peer} is an optional peer, and no subpath asks for it`)
}
console.log(`cepa: ${behind.length} subpaths name what they need`)
if (problems.length > 0) throw new Error(problems.join('\n'))
