/**
 * How OpenTelemetry words calls to language models, for one version of its conventions at a time: the one table of its names, and what
 * they are given for a call or its record. Needs no OpenTelemetry: attributes are plain data, instruments are whatever has their methods.
 *
 * @module
 */
export { attemptAttributes, attemptNameOf } from './attempt-attributes.ts'
export { type Attributes, AttributeWriter } from './attribute-writer.ts'
export {
  type DescribedCall,
  type DescribedStart,
  isCacheHit,
  requestModelOf,
  servingAttemptOf,
} from './described-call.ts'
export { endAttributes } from './end-attributes.ts'
export { CONTENT_PLACES, type ContentPlace, contentFromEnvironment, semconvFromEnvironment } from './environment.ts'
export { type ErrorDescription, errorTypeOf } from './error-type.ts'
export { finishReasonOf, finishReasonsOf } from './finish-reasons.ts'
export { type DescribedGroupStart, groupEndAttributes, groupStartAttributes } from './group-attributes.ts'
export {
  type InstrumentForm,
  type InstrumentMaker,
  type Instruments,
  instrumentsOf,
  type ValueCounter,
  type ValueRecorder,
} from './instruments.ts'
export {
  type InputMessage,
  inputMessageOf,
  type MessagePart,
  type OutputMessage,
  outputMessageOf,
  type Said,
} from './message-parts.ts'
export { type Measured, MetricWriter, metricAttributes } from './metric-writer.ts'
export {
  DURATION_BUCKETS,
  type Names,
  namesOf,
  OWN_NAMES,
  SEMCONV_VERSIONS,
  type Semconv,
  TOKEN_BUCKETS,
} from './names-table.ts'
export { operationNameOf, providerNameOf, takesInstructionsApart } from './provider-names.ts'
export { spanNameOf, startAttributes } from './start-attributes.ts'
export { toldUsage } from './told-usage.ts'
export { type Wording, wordingOf } from './wording.ts'
