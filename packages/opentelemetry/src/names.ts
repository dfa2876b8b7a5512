/**
 * How OpenTelemetry words calls to language models, for one version of its conventions at a time. Needs no OpenTelemetry: what it makes
 * of a record are plain attributes.
 *
 * @module
 */
export { attemptAttributes, attemptNameOf } from './attempt-attributes.ts'
export type { Attributes } from './attribute-writer.ts'
export { type DescribedCall, type DescribedStart, requestModelOf, servingAttemptOf } from './described-call.ts'
export { endAttributes } from './end-attributes.ts'
export { type ErrorDescription, errorTypeOf } from './error-type.ts'
export { finishReasonsOf } from './finish-reasons.ts'
export {
  DURATION_BUCKETS,
  type Names,
  namesOf,
  OWN_NAMES,
  SEMCONV_VERSIONS,
  type Semconv,
  TOKEN_BUCKETS,
} from './names-table.ts'
export { operationNameOf, providerNameOf } from './provider-names.ts'
export { spanNameOf, startAttributes } from './start-attributes.ts'
export { toldUsage } from './told-usage.ts'
export { type Wording, wordingOf } from './wording.ts'
