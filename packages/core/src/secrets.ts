/** What stands where a secret stood. */
export const REDACTED = '[redacted]'

/** Not within a word: what comes before a key is no letter and no digit. */
const START = '(?<![A-Za-z0-9])'

/** Keys that begin with something so unlike a word that six characters more are enough, also masked ones. */
const SHORT_PREFIX = 'sk|pk|rk'

/** Keys whose beginning may also begin a word or a name; these have a digit, or a mask. */
const LONG_PREFIX = [
  'csk-|gsk_|xai-|hf_|r8_|pplx-|fw_|nvapi-|tgp_v1_|lsv2_|npm_|dapi|glpat-|github_pat_|gh[opsru]_|xox[abeoprs]-',
  'AIza|AQ\\.|ya29\\.|ABSK|bedrock-api-key-',
].join('|')

/** Ends of names whose value is a secret wherever it is written as `name: value` or `name=value`. */
const NAMED = [
  '(?:x[-_])?(?:goog[-_])?api[-_ ]?key|(?:access|refresh|auth|id|bearer|session|security)[-_ ]?token|token',
  '(?:client[-_ ]?|shared[-_ ]?)?secret(?:[-_ ]?(?:access[-_ ]?)?key)?|pass(?:word|wd|phrase)|private[-_ ]?key|subscription[-_ ]key',
].join('|')

/** The forms of secrets, each with what is left of it. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/\b(Bearer\s+)[^\s"',;<>]{4,}/gi, `$1${REDACTED}`],
  // base64 has a capital or a digit that a word after "basic" has not
  [/\b([Bb]asic\s+)(?=[A-Za-z0-9+/]+[A-Z0-9+/=])[A-Za-z0-9+/]{8,}={0,2}/g, `$1${REDACTED}`],
  [/\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)[^"'\r\n{}]{4,}/gi, `$1${REDACTED}`],
  [/\b((?:set-)?cookie["']?\s*[:=]\s*["']?)[^"'\r\n{}]{4,}/gi, `$1${REDACTED}`],
  [new RegExp(`${START}(?:${SHORT_PREFIX})[-_][\\w*.-]{6,}`, 'g'), REDACTED],
  [new RegExp(`${START}(?:${LONG_PREFIX})(?=[\\w.+/-]*[\\d*])[\\w*.+/=-]{8,}`, 'g'), REDACTED],
  [new RegExp(`${START}(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])`, 'g'), REDACTED],
  [new RegExp(`${START}eyJ[\\w-]{8,}\\.[\\w-]+(?:\\.[\\w-]*)?`, 'g'), REDACTED],
  [/([?&](?:key|sig|signature|x-amz-signature|x-goog-signature)=)[^&\s"'<>]{4,}/gi, `$1${REDACTED}`],
  [new RegExp(`((?:${NAMED})["']?\\s*[:=]\\s*["']?)[^\\s"',;&<>]{4,}`, 'gi'), `$1${REDACTED}`],
  [/\b([a-z][a-z\d+.-]*:\/\/)[^\s/@:"']*:[^\s/@"']+@/gi, `$1${REDACTED}@`],
]

/** What every text with one of the forms has in it, found in one cheap pass: most texts have none of it. */
const HINT = new RegExp(
  `[prs]k[-_]|${LONG_PREFIX}|A[KSBC][IC]A|eyJ|bearer|basic|authorization|cookie|-----BEGIN|://|${NAMED}|[?&](?:key|sig|x-)`,
  'i',
)

/**
 * A text without what has the form of a secret: keys of the known providers, bearer and basic credentials, tokens, values behind
 * names such as `api_key=`, passwords in addresses, private keys. What is not recognised stays: a redactor of one's own knows
 * more.
 *
 * @example
 * scrubSecrets('401: Incorrect API key provided: sk-proj-abc123') // → '401: Incorrect API key provided: [redacted]'
 */
export function scrubSecrets(text: string): string {
  if (!HINT.test(text)) return text
  let clean = text
  for (const [form, left] of FORMS) clean = clean.replace(form, left)
  return clean
}

const SECRET_NAMES: ReadonlySet<string> = new Set([
  'accesstoken',
  'apikey',
  'authorization',
  'authtoken',
  'bearertoken',
  'clientsecret',
  'cookie',
  'credentials',
  'idtoken',
  'ocpapimsubscriptionkey',
  'passphrase',
  'passwd',
  'password',
  'privatekey',
  'proxyauthorization',
  'refreshtoken',
  'secret',
  'secretaccesskey',
  'secretkey',
  'sessiontoken',
  'setcookie',
  'token',
  'xamzsecuritytoken',
  'xapikey',
  'xgoogapikey',
])

/** What every such name has in it: most names have none of it. */
const NAME_HINT = /token|key|auth|secret|cookie|pass|credential/i

/**
 * Whether a field or header of this name holds a secret, whatever its value looks like.
 *
 * @example
 * isSecretName('X-Api-Key') // → true
 */
export const isSecretName = (name: string): boolean =>
  NAME_HINT.test(name) && SECRET_NAMES.has(name.toLowerCase().replaceAll(/[-_ ]/g, ''))
