/**
 * How OpenTelemetry words calls to language models, for one version of its conventions at a time. Needs no OpenTelemetry: what it makes
 * of a record are plain attributes. The same as the core's entry `semantic-conventions`, where the table is.
 *
 * @module
 */
export {
  type Attributes,
  attemptAttributes,
  attemptNameOf,
  type DescribedCall,
  type DescribedStart,
  DURATION_BUCKETS,
  type ErrorDescription,
  endAttributes,
  errorTypeOf,
  finishReasonsOf,
  type Names,
  namesOf,
  OWN_NAMES,
  operationNameOf,
  providerNameOf,
  requestModelOf,
  SEMCONV_VERSIONS,
  type Semconv,
  servingAttemptOf,
  spanNameOf,
  startAttributes,
  TOKEN_BUCKETS,
  toldUsage,
  type Wording,
  wordingOf,
} from '@cepa/core/semantic-conventions'
