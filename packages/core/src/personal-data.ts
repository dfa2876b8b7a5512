import { REDACTED } from './secrets.ts'

/**
 * E-mail addresses as people write them. Quoted local parts and address literals, which nobody uses, are left out.
 *
 * @see https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
 */
const EMAIL =
  /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})(?:\.[\p{L}\p{N}-]{1,63}){0,7}\.\p{L}{2,63}/gu

/** A text without e-mail addresses. */
export const scrubEmails = (text: string): string => (text.includes('@') ? text.replace(EMAIL, REDACTED) : text)

/**
 * Digits as they stand on a card: together, or in its groups. Not within a longer number or an id.
 *
 * @see https://www.iso.org/standard/70484.html (ISO/IEC 7812-1: issuer ranges, 12 to 19 digits)
 */
const CARD =
  /(?<![\w-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5})(?![\w-])/g

/** Issuers whose cards are in use; other numbers of this length are mostly times and ids. */
const ISSUED = /^(?:4|5[0-8]|6|2[2-7]|3[0-9])/

/** The checksum of Luhn, which every card number keeps and one in ten other numbers. */
function keepsChecksum(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** A text without card numbers: those of an issuer in use whose checksum is right. */
export const scrubCards = (text: string): string =>
  text.length < 13
    ? text
    : text.replace(CARD, (found) => {
        const digits = found.replaceAll(/[ -]/g, '')
        return digits.length >= 13 && ISSUED.test(digits) && keepsChecksum(digits) ? REDACTED : found
      })
