import type { Reply } from 'cepa'

/** Writes an answer as it comes, indented. */
export async function show(reply: Reply): Promise<void> {
  process.stdout.write('  ')
  for await (const event of reply) {
    if (event.type === 'text') process.stdout.write(event.text.replaceAll('\n', '\n  '))
  }
  process.stdout.write('\n')
}
