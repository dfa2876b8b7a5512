import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import type { Edit, Fault } from './fault.ts'

/**
 * Where the sources of the core are.
 *
 * @throws {Error} when it would be loaded as it was built.
 */
export function coreSources(): URL {
  const entry = new URL(import.meta.resolve('@cepa/core'))
  if (entry.pathname.endsWith('/src/index.ts')) return new URL('.', entry)
  throw new Error('faults are planted in the sources: run Node with --conditions=@cepa/source')
}

/**
 * The text of a file with an edit.
 *
 * @throws {Error} when what the edit looks for does not stand there exactly once.
 */
export function edited(text: string, { file, find, replace }: Edit): string {
  const parts = text.split(find)
  if (parts.length === 2) return parts.join(replace)
  throw new Error(`${file} has ${parts.length - 1} places like ${JSON.stringify(find)}; a fault needs exactly one`)
}

/** Checks that every edit of a fault finds its place. @throws {Error} naming the edit that does not. */
export function checkFault({ edits }: Fault, sources: URL = coreSources()): void {
  for (const edit of edits) edited(readFileSync(new URL(edit.file, sources), 'utf8'), edit)
}

/**
 * Plants a fault: from here on the core is loaded with it. Must run before anything imports the core.
 *
 * @throws {Error} when an edit does not find its place.
 */
export function plant(fault: Fault): void {
  const sources = coreSources()
  checkFault(fault, sources)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const edits = fault.edits.filter(({ file }) => url === new URL(file, sources).href)
      if (edits.length === 0) return loaded
      const text = readFileSync(new URL(url), 'utf8')
      return { ...loaded, source: edits.reduce(edited, text), shortCircuit: true }
    },
  })
}
