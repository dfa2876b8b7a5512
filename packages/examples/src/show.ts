import type { Reply } from 'cepa'
import { breakLine, roomLeft, write } from './screen.ts'

const INDENT = '  '
/** What a word may still grow by, when only its beginning has come. */
const MARGIN = 8

/** Writes an answer as it comes, indented, in lines that are broken between words. */
export async function show(reply: Reply): Promise<void> {
  let betweenWords = false
  write(INDENT)
  for await (const event of reply) {
    if (event.type !== 'text') continue
    for (const piece of event.text.split(/(?<=\s)/)) {
      if (betweenWords && piece.length + MARGIN > roomLeft()) write(`\n${INDENT}`)
      write(piece.replaceAll('\n', `\n${INDENT}`))
      betweenWords = /\s$/.test(piece)
    }
  }
  breakLine()
}
