import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)

/** Places that tell a note without asking first whether anybody hears it: what they tell is built for nobody. */
function unasked(source: string): readonly string[] {
  const lines = source.split('\n')
  return lines.flatMap((line, index) => {
    const before = lines.slice(Math.max(0, index - 3), index + 1).join('\n')
    return /\bcall\.emit\(/.test(line) && !/\bhears\(\)/.test(before) ? [line.trim()] : []
  })
}

test('N1: an emission that nobody hears allocates nothing; one that is heard does', async () => {
  const fixture = fileURLToPath(new URL('fixtures/allocation.ts', import.meta.url))
  const flags = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256', '--conditions=@cepa/source']
  const { stdout } = await run(process.execPath, [...flags, fixture])
  const { unheard, asked, heard } = JSON.parse(stdout) as Record<'unheard' | 'asked' | 'heard', number>
  // the least object has 16 bytes; what is below is the compiler's
  expect(unheard).toBeLessThan(4)
  expect(asked).toBeLessThan(4)
  expect(heard).toBeGreaterThan(20)
})

test('N1: every middleware that tells a note asks first whether anybody hears it', () => {
  const middlewares = fileURLToPath(new URL('../../', import.meta.url))
  const files = globSync('*/src/**/*.ts', { cwd: middlewares }).filter((file) => !/\.test(-d)?\.ts$/.test(file))
  const tell = files.filter((file) => readFileSync(`${middlewares}${file}`, 'utf8').includes('call.emit('))
  expect(tell.length).toBeGreaterThan(2)
  for (const file of tell) expect(unasked(readFileSync(`${middlewares}${file}`, 'utf8')), file).toEqual([])
  expect(unasked('start(call) {\n  call.emit(note, { n: 1 })\n}')).toEqual(['call.emit(note, { n: 1 })'])
})
