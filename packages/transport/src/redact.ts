/** What stands in a message where a secret stood. */
const REDACTED = '[redacted]'

/** Shorter values are no secrets, and would blot out ordinary words. */
const MIN_SECRET_LENGTH = 6

/** The forms that keys have at the providers, also where a server has masked them in part. */
const KEY_FORMS: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|hf|r8)[-_][\w*.-]{6,}/g,
  /\bAIza[\w-]{20,}/g,
  /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g,
  /\b(?:Bearer|Basic)\s+[^\s"',;<>]{6,}/gi,
  /\b(?:api[-_ ]?key|access[-_ ]?token|secret|password|authorization)["']?\s*[:=]\s*["']?[^\s"',;&<>]{6,}/gi,
]

/** Takes secrets out of a text. */
export type Redact = (text: string) => string

/**
 * A function that takes the given values, and whatever has the form of a key, out of texts.
 *
 * @example
 * redactor(['my-key-123'])('refused: my-key-123') // → 'refused: [redacted]'
 */
export function redactor(secrets: readonly string[]): Redact {
  // longest first: one value may contain another
  const values = secrets.filter((value) => value.length >= MIN_SECRET_LENGTH).sort((a, b) => b.length - a.length)
  return (text) => {
    let clean = text
    for (const value of values) clean = clean.replaceAll(value, REDACTED)
    for (const form of KEY_FORMS) clean = clean.replace(form, REDACTED)
    return clean
  }
}

/** Longest chain of causes that is looked through. */
const MAX_CAUSES = 8

/**
 * An error that may be kept as a cause: itself where neither its message nor those of its causes hold a secret, else a bare copy
 * with its name, code and redacted message.
 */
export function safeCause(error: unknown, redact: Redact): unknown {
  let each: unknown = error
  for (let depth = 0; each instanceof Error && depth < MAX_CAUSES; depth++) {
    if (redact(each.message) !== each.message) return bareCopy(error as Error, redact)
    each = each.cause
  }
  if (each !== undefined && !(each instanceof Error) && redact(String(each)) !== String(each))
    return bareCopy(error, redact)
  return error
}

function bareCopy(error: unknown, redact: Redact): Error {
  const { name, message, code } = error as Partial<Error & { code: unknown }>
  const copy = new Error(redact(message ?? String(error)))
  if (name !== undefined) copy.name = name
  // the stack of the original begins with its message
  copy.stack = `${copy.name}: ${copy.message}`
  return code === undefined ? copy : Object.assign(copy, { code })
}
