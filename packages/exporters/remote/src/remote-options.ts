import {
  anyOf,
  type Clock,
  checkOptions,
  flag,
  func,
  having,
  list,
  OptionError,
  type OptionRules,
  type Rule,
  record,
  required,
  systemClock,
  text,
} from '@cepa/core'
import type { RemoteFetch } from './fetch.ts'
import { platform } from './platform.ts'

/** A key of Standard Webhooks: `whsec_` and 24 to 64 bytes of base64, or the base64 alone. */
export type RemoteKey = string

/** Names and values of headers. */
export type RemoteHeaders = Readonly<Record<string, string>>

/** What {@link remoteExporter} takes. */
export interface RemoteExporterOptions {
  /** Where batches are sent by POST; `https`, or `http` within a machine or a net of one's own. No user and password in it. */
  readonly url: string
  /**
   * Signs each batch. Of several keys each makes a signature, so that a receiver may change from the old to the new one. Default:
   * not signed.
   */
  readonly key?: RemoteKey | readonly RemoteKey[]
  /** Further headers, an `authorization` for example. */
  readonly headers?: RemoteHeaders
  /** Compresses the body, where the runtime can. Default: `true`. */
  readonly gzip?: boolean
  /** Sends notes too, several for each call. Default: `false`. */
  readonly notes?: boolean
  /** Default: the runtime's. */
  readonly fetch?: RemoteFetch
  /** For errors and drop counters, and to tell two apart. Default: `remote`. */
  readonly name?: string
  /** For tests: tells the time of a signature. Default: the machine's. */
  readonly clock?: Clock
}

const KEY_PREFIX = 'whsec_'
/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
const MIN_KEY_BYTES = 24
const MAX_KEY_BYTES = 64

/** The bytes of a key; nothing where it is none. */
export function keyBytes(key: string): Uint8Array<ArrayBuffer> | undefined {
  const base64 = key.startsWith(KEY_PREFIX) ? key.slice(KEY_PREFIX.length) : key
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 === 1) return undefined
  const bytes = Uint8Array.from(platform.atob(base64), (character) => character.charCodeAt(0))
  return bytes.length >= MIN_KEY_BYTES && bytes.length <= MAX_KEY_BYTES ? bytes : undefined
}

const keyRule: Rule<RemoteKey> = {
  expects: `${KEY_PREFIX} and ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes of base64`,
  kind: 'data',
  secret: true,
  accepts: (value): value is RemoteKey => typeof value === 'string' && keyBytes(value) !== undefined,
}

/** What the exporter says of a batch itself. */
const OWN_HEADERS = /^(?:content-(?:type|encoding|length)|transfer-encoding|host|webhook-.*)$/i

const headersRule: Rule<RemoteHeaders> = {
  ...record(text({ secret: true })),
  expects: 'an object, each name and value fit for a header, without those that say what the body is or who signed it',
  accepts: (value): value is RemoteHeaders => record(text()).accepts(value) && areHeaders(value),
  // the finding of a single value would show it
  locate: () => undefined,
}

function areHeaders(headers: RemoteHeaders): boolean {
  if (Object.keys(headers).some((name) => OWN_HEADERS.test(name))) return false
  try {
    return new platform.Headers(headers) !== undefined
  } catch {
    return false
  }
}

const RULES = {
  // a path or a query may be as secret as a key
  url: required(text({ secret: true })),
  key: anyOf(keyRule, nonEmpty(list(keyRule))),
  headers: headersRule,
  gzip: flag({ default: true }),
  notes: flag({ default: false }),
  fetch: func<RemoteFetch>(),
  name: text({ default: 'remote' }),
  clock: { ...having<Clock>('now', 'epochMs', 'setTimer'), default: systemClock },
} satisfies OptionRules<RemoteExporterOptions>

function nonEmpty<T>(rule: Rule<readonly T[]>): Rule<readonly T[]> {
  return {
    ...rule,
    expects: `${rule.expects}, at least one`,
    accepts: (value): value is readonly T[] => rule.accepts(value) && value.length > 0,
  }
}

/** The options after the check: those that have a default are there. */
export type RemoteExporterSettings = RemoteExporterOptions &
  Required<Pick<RemoteExporterOptions, 'gzip' | 'notes' | 'name' | 'clock'>> & {
    /** What of the URL may stand in an error. */
    readonly origin: string
  }

/** Checks the options and fills in the defaults. */
export function checkRemoteOptions(given: RemoteExporterOptions): RemoteExporterSettings {
  const options = checkOptions<RemoteExporterOptions, typeof RULES>('remoteExporter', RULES, given)
  return { ...options, origin: originOf(options.url) }
}

function originOf(url: string): string {
  const refuse = (value: string, remedy: string): never => {
    throw new OptionError({ owner: 'remoteExporter', field: 'url', value, remedy })
  }
  let parts: InstanceType<typeof platform.URL>
  try {
    parts = new platform.URL(url)
  } catch {
    return refuse('no URL', 'it must be an absolute URL, with https or http')
  }
  if (parts.protocol !== 'https:' && parts.protocol !== 'http:') {
    refuse(`of the scheme ${parts.protocol}`, 'it must be https or http')
  }
  if (parts.username !== '' || parts.password !== '') {
    refuse('one with a user or a password', 'give an authorization in headers')
  }
  return parts.origin
}
