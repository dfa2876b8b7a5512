import type { Wording } from './wording.ts'

/** Attributes of a span, as every version of OpenTelemetry's interface takes them. */
export type Attributes = Record<string, string | number | boolean | string[]>

/**
 * Gathers attributes. What has no name in a version of the conventions, or no value, is not written.
 *
 * @example
 * const to = new AttributeWriter(wording)
 * to.word(wording.names.requestModel, record.model)
 * span.setAttributes(to.attributes)
 */
export class AttributeWriter {
  readonly attributes: Attributes = {}
  readonly #wording: Wording

  constructor(wording: Wording) {
    this.#wording = wording
  }

  value(name: string | undefined, value: string | number | boolean | string[] | undefined): void {
    if (name !== undefined && value !== undefined) this.attributes[name] = value
  }

  /** A whole number. */
  count(name: string | undefined, value: number | undefined): void {
    if (Number.isSafeInteger(value)) this.value(name, value)
  }

  /** A word of somebody else's. */
  word(name: string | undefined, value: string | undefined): void {
    if (name !== undefined && value) this.attributes[name] = this.#wording.word(value)
  }

  /** An id of somebody else's. */
  id(name: string | undefined, value: string | undefined): void {
    if (name !== undefined && value) this.attributes[name] = this.#wording.id(value)
  }
}
