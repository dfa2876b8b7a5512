import { base64, bytesOf, platform, type SigningKey } from './platform.ts'

/** What is signed, beside the body. */
export interface Signed {
  readonly id: string
  /** Seconds since the Unix epoch. */
  readonly timestamp: number
}

/** Makes the value of `webhook-signature`: one signature for each key. */
export type Signer = (signed: Signed, body: Uint8Array<ArrayBuffer>) => Promise<string>

/**
 * Signs with HMAC-SHA256 as Standard Webhooks say: id, time and body, with a dot between them.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#symmetric
 */
export function signer(keys: readonly Uint8Array<ArrayBuffer>[]): Signer {
  const { subtle } = platform.crypto
  let imported: Promise<SigningKey[]> | undefined
  const importAll = (): Promise<SigningKey[]> =>
    Promise.all(keys.map((key) => subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])))
  return async ({ id, timestamp }, body) => {
    imported ??= importAll()
    const head = bytesOf(`${id}.${timestamp}.`)
    const content = new Uint8Array(head.length + body.length)
    content.set(head)
    content.set(body, head.length)
    const signatures = (await imported).map(async (key) => `v1,${base64(await subtle.sign('HMAC', key, content))}`)
    return (await Promise.all(signatures)).join(' ')
  }
}
