import { readFileSync } from 'node:fs'

/** A field of a record, by its path: `durations.gaps.p95Ms`, `attempts[].status`. */
export interface Field {
  readonly path: string
  /** As it is declared, without what only says that it is read. */
  readonly type: string
  readonly optional: boolean
  /** Whether it holds further fields, here or where its type stands first. */
  readonly holds: boolean
}

/** The public surface of the core, in which every type of a record stands. */
const API = readFileSync(new URL('../../../core/api/index.api.d.ts', import.meta.url), 'utf8')

interface Member {
  readonly name: string
  readonly optional: boolean
  readonly type: string
}

/** The members between two braces: each up to the semicolon that is in no deeper brace. */
function membersOf(body: string): readonly Member[] {
  const members: string[] = []
  let depth = 0
  let current = ''
  for (const character of body) {
    if ('{<('.includes(character)) depth += 1
    if ('}>)'.includes(character)) depth -= 1
    if (character === ';' && depth === 0) {
      members.push(current)
      current = ''
    } else current += character
  }
  return members.map((text) => {
    const [, name, question, type] = /^\s*readonly (\w+)(\??): ([\s\S]+)$/.exec(text) ?? []
    if (name === undefined || type === undefined) throw new Error(`no member of a record: ${text}`)
    return { name, optional: question === '?', type: type.replaceAll(/\s+/g, ' ') }
  })
}

const interfaceOf = (name: string): string | undefined =>
  new RegExp(`^export interface ${name} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(API)?.[1]

/** What a type is called in the table: `readonly X[]` is `X[]`, an object that has no name is `object`. */
const shown = (type: string): string =>
  type
    .replace(/^readonly /, '')
    .replaceAll(/\(readonly ([^)]+)\)|readonly (?=\w+\[\])/g, (_, inner) => inner ?? '')
    .replace(/^\{.*\}/, 'object')
    .replace(/^Readonly<Partial<(.+)>>$/, '$1')
    .replace(/^Readonly<(.+)>$/, '$1')
    .replace(
      /^typeof (\w+)$/,
      (_, constant) => new RegExp(`const ${constant}(?:: | = )("[^"]+")`).exec(API)?.[1] ?? '?',
    )
    .replaceAll(/["']/g, '')
    .replaceAll(' | ', ' / ')
    .replace('Usage[source]', 'UsageSource')

/** All fields of a type. What stands in the table once is not told a second time: `spent` has what `usage` has. */
function fieldsOf(body: string, prefix: string, told: Set<string>): readonly Field[] {
  return membersOf(body).flatMap(({ name, optional, type }) => {
    const path = `${prefix}${name}`
    const inline = /^(?:readonly )?\{(.*)\}(\[\])?$/.exec(type)
    const named = /^(?:readonly )?(\w+)(\[\])?$/.exec(type)
    const inner = inline?.[1] ?? (named?.[1] === undefined ? undefined : interfaceOf(named[1]))
    const own: Field = { path, type: shown(type), optional, holds: inner !== undefined }
    if (inner === undefined || (named?.[1] !== undefined && told.has(named[1]))) return [own]
    if (named?.[1] !== undefined) told.add(named[1])
    return [own, ...fieldsOf(inner, `${path}${(inline ?? named)?.[2] ?? ''}.`, told)]
  })
}

const told = new Set<string>()
const allOf = (name: string): readonly Field[] => fieldsOf(interfaceOf(name) ?? '', '', told)

/** Every field of the record of a call, then those of a group's that are not told there. */
export const CALL_FIELDS: readonly Field[] = allOf('CallRecord')
export const GROUP_FIELDS: readonly Field[] = allOf('GroupRecord')

/** The words of a type that is one of several: `Finish`, `EndingKind`. */
export function wordsOf(alias: string): readonly string[] {
  if (alias === 'EndingKind') return endings()
  const text = new RegExp(`type ${alias} = ([^;]+);`).exec(API)?.[1] ?? ''
  return [...text.matchAll(/'([^']+)'/g)].map(([, word]) => word as string)
}

/** `EndingKind` is whatever kinds of endings there are. */
function endings(): readonly string[] {
  const text = /type Ending = ([\s\S]+?)\n\n/.exec(API)?.[1] ?? ''
  return [...text.matchAll(/kind: ([^;]+);/g)].flatMap(([, words = '']) =>
    [...words.matchAll(/'([^']+)'/g)].map(([, word]) => word as string),
  )
}
