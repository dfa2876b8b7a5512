/**
 * What HTTP adapters share: sending a request, reading its answer from bytes to events, errors in one taxonomy.
 *
 * @module
 */
export { type AnswerFailure, answerError } from './answer-failure.ts'
export { base64Of, bytesOf } from './base64.ts'
export { type Carrier, type Delivery, fetchCarrier, type Shipment } from './carrier.ts'
export { type Correction, isRefusedField, withCorrections } from './correct.ts'
export { environmentOf } from './environment.ts'
export type { ErrorHint } from './error-hints.ts'
export type { Exchange } from './exchange.ts'
export type { ByteReader, ClosableFetch, Fetch, FetchHeaders, FetchInit, FetchResponse } from './fetch.ts'
export { type ApiKey, KeyRing, type KeySource } from './key-ring.ts'
export { ndjsonParser } from './ndjson.ts'
export { type OutsideOptions, outsideCall } from './outside-call.ts'
export { serverOf } from './platform.ts'
export { type ReadOptions, readAnswer, type Wire } from './read-answer.ts'
export { type Redact, redactor } from './redact.ts'
export { type RetryAfterSources, retryAfterMs } from './retry-after.ts'
export { type SdkClient, type SdkRequestOptions, sdkCarrier } from './sdk-client.ts'
export { type SendOptions, send } from './send.ts'
export { MAX_EVENT_BYTES, sseParser, type WireLimits } from './sse.ts'
export { MAX_ANSWER_BYTES, type WholeBodyLimits, wholeBodyParser } from './whole-body.ts'
export { jsonOf, type Progress, type Reducer, type WireMessage, type WireParser } from './wire.ts'
