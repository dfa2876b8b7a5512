import { unplain } from '../../kit/plain.ts'
import { type Checklist, difference, shown } from '../../kit/report.ts'
import { type AdapterBench, KIT_KEY, KIT_PROMPT } from './bench.ts'
import { secretIn } from './errors.ts'
import type { AdapterKitOptions } from './options.ts'
import { checkReported } from './reported.ts'

/** Rules W9, W10, C7, K1, C9: what is reported, what is sent, what the adapter is. */
export async function checkAccount(bench: AdapterBench, options: AdapterKitOptions, checks: Checklist): Promise<void> {
  await checkReported(bench, checks)
  await checkSent(bench, checks)
  checkIdentity(bench, options, checks)
  await checkClose(bench, checks)
}

async function checkSent(bench: AdapterBench, checks: Checklist): Promise<void> {
  const request = {
    temperature: 0.5,
    providerOptions: { kit_option: { on: true } },
    ...(bench.has('tools') && { tools: [{ name: 'kit_tool', description: 'x', parameters: { type: 'object' } }] }),
  }
  const headers = { 'x-kit-header': 'yes' }
  for (const whole of [false, true]) {
    const { entry, error } = await bench.ask('ok', { whole, request, caller: { headers } })
    const what = whole ? 'whole' : 'stream'
    checks.add('W10', `${what}: the request is accepted, and not changed`, error && shown(error))
    if (entry === undefined) continue
    const body = JSON.stringify(entry.body)
    const missing = [KIT_PROMPT, bench.request().model, ...(bench.has('tools') ? ['kit_tool'] : [])].filter(
      (part) => !body.includes(part),
    )
    checks.add(
      'W10',
      `${what}: model, prompt and tools are sent`,
      missing.length > 0 && `missing: ${missing.join(', ')}`,
    )
    checks.add('W10', `${what}: providerOptions are merged in`, difference({ on: true }, entry.body.kit_option))
    checks.add('W10', `${what}: the mode`, difference(whole ? 'complete' : 'stream', entry.mode))
    checks.add('C7', `${what}: the headers of the call are sent`, difference('yes', entry.headers['x-kit-header']))
    checks.add(
      'W10',
      `${what}: the key is sent`,
      !Object.values(entry.headers).some((value) => value.includes(KIT_KEY)) && 'no header has it',
    )
    checks.add('W10', `${what}: the key is not in the body`, body.includes(KIT_KEY) && 'the body has it')
  }
}

function checkIdentity(bench: AdapterBench, { make }: AdapterKitOptions, checks: Checklist): void {
  const request = bench.request()
  const here = { baseUrl: bench.server.url, key: KIT_KEY }
  const one = bench.adapter.identity(request)
  checks.add('K1', 'the identity is stable', difference(one, make(here).identity(request)))
  checks.add(
    'K1',
    'the identity does not depend on the key',
    difference(one, make({ ...here, key: 'another' }).identity(request)),
  )
  const elsewhere = make({ ...here, baseUrl: 'http://127.0.0.1:9/kit' }).identity(request)
  checks.add('K1', 'the identity knows the base URL', elsewhere === one && 'it is the same for another base URL')
  checks.add('W6', 'the identity does not tell the key', secretIn(one))
  checks.add(
    'W6',
    'explain() does not tell the key',
    secretIn([bench.chat.explain(), bench.chat.explain({ json: true })]),
  )
  checks.add('X1', 'its data is plain', unplain(bench.adapter.data ?? {}, 'data'))
}

async function checkClose({ adapter }: AdapterBench, checks: Checklist): Promise<void> {
  const close = async (): Promise<string | undefined> => {
    try {
      await adapter.close?.()
      await adapter.close?.()
      return undefined
    } catch (error) {
      return shown(error)
    }
  }
  checks.add('C9', 'close() may be called twice', await close())
}

/** Rule P2 for adapters: calls that overlap do not mix. */
export async function checkOverlap(bench: AdapterBench, checks: Checklist): Promise<void> {
  bench.server.script(({ request }) => ({
    everyMs: 1,
    text: JSON.stringify(request).includes('odd') ? '1 3 5 7 9' : '0 2 4 6 8',
    network: { cut: 11 },
  }))
  const texts = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const content = index % 2 ? 'odd' : 'even'
      const reply = await bench.chat(bench.request({ messages: [{ role: 'user', content }] }))
      return (await reply.result()).text
    }),
  ).catch(shown)
  const expected = Array.from({ length: 8 }, (_, index) => (index % 2 ? '1 3 5 7 9' : '0 2 4 6 8'))
  checks.add('P2', 'calls that overlap do not mix', difference(expected, texts))
}
