/**
 * OpenTelemetry's conventions for generative AI as data: what may be sent by which name, and of which type. Written from the conventions
 * and not from the code, which is held to it.
 *
 * `released`: https://github.com/open-telemetry/semantic-conventions/tree/v1.41.0/docs/gen-ai
 * `latest`: https://github.com/open-telemetry/semantic-conventions-genai
 */
export type AttributeType = 'string' | 'int' | 'double' | 'boolean' | 'string[]' | 'json'

/** Which versions have a name. */
export type In = 'both' | 'released' | 'latest'

type Row = readonly [name: string, type: AttributeType, versions?: In]

/** What may stand on a call's span and in the events about it. */
export const CALL_ATTRIBUTES: readonly Row[] = [
  ['gen_ai.operation.name', 'string'],
  ['gen_ai.provider.name', 'string'],
  ['error.type', 'string'],
  ['gen_ai.conversation.id', 'string'],
  ['gen_ai.output.type', 'string'],
  ['gen_ai.request.choice.count', 'int'],
  ['gen_ai.request.model', 'string'],
  ['gen_ai.request.seed', 'int'],
  ['gen_ai.request.stream', 'boolean'],
  ['gen_ai.request.top_k', 'int'],
  ['server.port', 'int'],
  ['server.address', 'string'],
  ['gen_ai.request.frequency_penalty', 'double'],
  ['gen_ai.request.max_tokens', 'int'],
  ['gen_ai.request.presence_penalty', 'double'],
  ['gen_ai.request.reasoning.level', 'string', 'latest'],
  ['gen_ai.request.stop_sequences', 'string[]'],
  ['gen_ai.request.temperature', 'double'],
  ['gen_ai.request.top_p', 'double'],
  ['gen_ai.response.finish_reasons', 'string[]'],
  ['gen_ai.response.id', 'string'],
  ['gen_ai.response.model', 'string'],
  ['gen_ai.response.time_to_first_chunk', 'double'],
  ['gen_ai.usage.input_tokens', 'int'],
  ['gen_ai.usage.output_tokens', 'int'],
  ['gen_ai.usage.cache_read.input_tokens', 'int'],
  ['gen_ai.usage.cache_write.input_tokens', 'int', 'latest'],
  ['gen_ai.usage.cache_creation.input_tokens', 'int', 'released'],
  ['gen_ai.usage.reasoning.output_tokens', 'int'],
  ['gen_ai.usage.audio.input_tokens', 'int', 'latest'],
  ['gen_ai.usage.image.input_tokens', 'int', 'latest'],
  ['gen_ai.usage.audio.output_tokens', 'int', 'latest'],
  ['gen_ai.usage.image.output_tokens', 'int', 'latest'],
  ['gen_ai.embeddings.dimension.count', 'int'],
  ['gen_ai.input.messages', 'json'],
  ['gen_ai.output.messages', 'json'],
  ['gen_ai.system_instructions', 'json'],
  ['openai.response.service_tier', 'string'],
]

/** What may stand on the span of an attempt: what HTTP clients tell. */
export const ATTEMPT_ATTRIBUTES: readonly Row[] = [
  ['error.type', 'string'],
  ['server.address', 'string'],
  ['server.port', 'int'],
  ['http.response.status_code', 'int'],
  ['http.request.resend_count', 'int'],
  ['http.request.body.size', 'int'],
  ['http.response.body.size', 'int'],
]

/** What the event of an error has beside the attributes of the span. */
export const EXCEPTION_ATTRIBUTES: readonly Row[] = [
  ['exception.type', 'string'],
  ['exception.message', 'string'],
  ['exception.stacktrace', 'string'],
]

/** What must stand on a call's span. */
export const REQUIRED = ['gen_ai.operation.name', 'gen_ai.provider.name'] as const

const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864]

/** A metric: its instrument, its unit, its buckets, and what its series are told apart by beside the base attributes. */
export interface MetricRow {
  readonly name: string
  readonly kind: 'histogram' | 'sum'
  readonly unit: string
  readonly bounds?: readonly number[]
  readonly further: readonly string[]
  readonly versions: In
}

const seconds = (name: string, versions: In, further: readonly string[] = []): MetricRow => ({
  name,
  kind: 'histogram',
  unit: 's',
  bounds: SECONDS,
  further,
  versions,
})

const tokens = (name: string, versions: In, further: readonly string[] = []): MetricRow => ({
  name,
  kind: 'histogram',
  unit: '{token}',
  bounds: TOKENS,
  further,
  versions,
})

const counter = (name: string): MetricRow => ({
  name,
  kind: 'sum',
  unit: '{token}',
  further: ['gen_ai.token.modality'],
  versions: 'latest',
})

/** The client metrics. */
export const METRICS: readonly MetricRow[] = [
  seconds('gen_ai.client.operation.duration', 'both', ['error.type']),
  seconds('gen_ai.client.operation.time_to_first_chunk', 'released'),
  tokens('gen_ai.client.token.usage', 'released', ['gen_ai.token.type']),
  seconds('gen_ai.client.inference.duration', 'latest', ['error.type']),
  seconds('gen_ai.client.inference.time_to_first_chunk', 'latest'),
  tokens('gen_ai.client.inference.operation.input_tokens', 'latest'),
  tokens('gen_ai.client.inference.operation.output_tokens', 'latest'),
  counter('gen_ai.client.inference.usage.input_tokens'),
  counter('gen_ai.client.inference.usage.output_tokens'),
  counter('gen_ai.client.inference.usage.cache_read.input_tokens'),
  counter('gen_ai.client.inference.usage.cache_write.input_tokens'),
  counter('gen_ai.client.inference.usage.reasoning.output_tokens'),
]

/** What all of them are told apart by. */
export const METRIC_ATTRIBUTES: readonly Row[] = [
  ['gen_ai.operation.name', 'string'],
  ['gen_ai.provider.name', 'string'],
  ['gen_ai.request.model', 'string'],
  ['gen_ai.response.model', 'string'],
  ['server.address', 'string'],
  ['server.port', 'int'],
]
