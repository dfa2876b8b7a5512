/** The lines that two texts do not share, in order, with `-` and `+` before them; at most `limit` of them. */
export function lineDiff(before, after, limit = 40) {
  const left = before.split('\n')
  const right = after.split('\n')
  const longest = lengthsOfCommonEnds(left, right)
  const lines = []
  let a = 0
  let b = 0
  while (a < left.length || b < right.length) {
    if (left[a] === right[b] && a < left.length && b < right.length) {
      a++
      b++
    } else if (b >= right.length || (a < left.length && longest[a + 1][b] >= longest[a][b + 1]))
      lines.push(`- ${left[a++]}`)
    else lines.push(`+ ${right[b++]}`)
  }
  const rest = lines.length - limit
  return [...lines.slice(0, limit), ...(rest > 0 ? [`… and ${rest} lines more`] : [])].join('\n')
}

/** For each pair of positions, how long the longest common subsequence of what follows them is. */
function lengthsOfCommonEnds(left, right) {
  const table = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1))
  for (let a = left.length - 1; a >= 0; a--) {
    for (let b = right.length - 1; b >= 0; b--) {
      table[a][b] = left[a] === right[b] ? table[a + 1][b + 1] + 1 : Math.max(table[a + 1][b], table[a][b + 1])
    }
  }
  return table
}
