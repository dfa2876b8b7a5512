// The parts of a Markdown page that checks look at: headings and fenced blocks.

/**
 * @typedef {object} Block
 * @property {string} language first word behind the fence
 * @property {readonly string[]} marks the other words behind the fence
 * @property {string} code
 * @property {number} line line of the opening fence, from 1
 * @property {string | undefined} section title of the nearest level-2 heading above
 */

/** Headings and fenced blocks of a page, in order. */
export function parseMarkdown(text) {
  const headings = []
  const blocks = []
  let open
  let section
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line)
    if (open) {
      if (fence?.[2].startsWith(open.fence) && fence[3] === '') {
        blocks.push({ ...open.block, code: open.lines.map((text) => dedent(text, open.indent)).join('\n') })
        open = undefined
      } else open.lines.push(line)
    } else if (fence) {
      const [language = '', ...marks] = fence[3].split(/\s+/)
      open = { fence: fence[2], indent: fence[1], lines: [], block: { language, marks, line: index + 1, section } }
    } else {
      const heading = /^(#{1,6})\s+(.+?)\s*$/.exec(line)
      if (!heading) continue
      headings.push({ level: heading[1].length, title: heading[2], line: index + 1 })
      if (heading[1].length === 2) section = heading[2]
    }
  }
  return { headings, blocks }
}

function dedent(line, indent) {
  return line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()
}
