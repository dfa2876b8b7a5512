import { plainData } from './plain-data.ts'

/** Which content is looked at. */
export type ContentPart = 'request' | 'answer'

/**
 * Takes out of content what must not leave the process, before it is written anywhere. Receives plain data of its own, which it may
 * change; what it returns is shown instead, `undefined` shows nothing. It fails closed: where it throws, or returns a promise,
 * the content is withheld.
 *
 * @example
 * const redact: Redactor = (content, part) => (part === 'answer' ? content : undefined)
 */
export type Redactor = (content: unknown, part: ContentPart) => unknown

/**
 * A redactor that looks at every text of the content, wherever it stands, names of fields too.
 *
 * @example
 * logging({ content: true, redact: redactText((text) => text.replace(/[\w.]+@[\w.]+/g, '(e-mail)')) })
 */
export const redactText =
  (change: (text: string) => string): Redactor =>
  (content) =>
    plainData(content, change)
