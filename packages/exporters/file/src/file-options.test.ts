import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyFolder, namesIn } from '../test/folder.ts'
import { type FileExporterOptions, fileExporter } from './index.ts'

const refusal = (options: object): string => {
  try {
    fileExporter(options as FileExporterOptions)
  } catch (error) {
    expect(error).toMatchObject({ name: 'OptionError', code: 'CEPA_OPTION', owner: 'fileExporter' })
    return (error as Error).message
  }
  return 'none'
}

describe('options', () => {
  test.each<[object, string]>([
    [{}, 'option path is undefined; it must be a string that is not empty'],
    [{ path: '' }, 'option path is ""; it must be a string that is not empty'],
    [{ path: 'a', maxBytes: 1000 }, 'option maxBytes is 1000; it must be an integer of at least 1024'],
    [{ path: 'a', maxAgeMs: 0 }, 'option maxAgeMs is 0'],
    [{ path: 'a', keepFiles: -1 }, 'option keepFiles is -1'],
    [{ path: 'a', keepForMs: 0.5 }, 'option keepForMs is 0.5'],
    [{ path: 'a', gzip: 'yes' }, 'option gzip is "yes"; it must be true or false'],
    [{ path: 'a', mode: 0o1000 }, 'option mode is 512'],
    [{ path: 'a', clock: {} }, 'option clock is an object'],
    [{ path: 'a', keep: 3 }, 'there is no such option; did you mean keepFiles?'],
  ])('are refused before anything is written: %o', (options, message) => {
    expect(refusal(options)).toContain(`fileExporter: ${message.replace('there', 'option keep is given; there')}`)
  })

  test('name a path where no file can be', async () => {
    const folder = await emptyFolder()
    await mkdir(join(folder, 'calls.jsonl'))
    await writeFile(join(folder, 'file'), '')
    expect(refusal({ path: join(folder, 'calls.jsonl') })).toMatch(/option path is ".*"; it must be the path of a file/)
    expect(refusal({ path: join(folder, 'file', 'calls.jsonl') })).toMatch(
      /nothing can be written there \(E(NOTDIR|EXIST)\)/,
    )
    expect(refusal({ path: '/dev/null' })).toContain('it must be the path of a file, and something else is there')
  })

  test('that are right make the folder, and no file before there is something to write', async () => {
    const folder = await emptyFolder()
    fileExporter({ path: join(folder, 'deep', 'calls.jsonl') })
    expect(await namesIn(folder)).toEqual(['deep'])
    expect(await namesIn(join(folder, 'deep'))).toEqual([])
  })

  test('keep batches below the size of a file', async () => {
    const path = join(await emptyFolder(), 'calls.jsonl')
    expect(fileExporter({ path }).limits?.maxBatchBytes).toBe(65_536)
    expect(fileExporter({ path, maxBytes: 2048 }).limits?.maxBatchBytes).toBe(2048)
  })
})
