import type { Reply } from 'cepa'
import { breakLine, write } from './screen.ts'

/** Writes an answer as it comes, indented. */
export async function show(reply: Reply): Promise<void> {
  write('  ')
  for await (const event of reply) {
    if (event.type === 'text') write(event.text.replaceAll('\n', '\n  '))
  }
  breakLine()
}
