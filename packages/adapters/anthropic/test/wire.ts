/** Named events as the text of a stream. */
export const sse = (...events: readonly { readonly type: string }[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')

/** A usage as it stands in `message_start`. */
export const START_USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 60,
  cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
  output_tokens: 1,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: 'standard',
  inference_geo: 'us',
  speed: null,
}

/** The usage that `START_USAGE` stands for. */
export const startUsage = {
  inputTokens: 100,
  outputTokens: 1,
  cacheReadTokens: 60,
  cacheWriteTokens: 30,
  cacheWriteHourTokens: 10,
  serviceTier: 'standard',
  source: 'provider',
}

/** The first event of every answer that these tests read. */
export const start = { type: 'start', id: 'msg_1', model: 'claude-opus-5-5' }

/** A message without content. */
const emptyMessage = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-5-5',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  container: null,
  diagnostics: null,
  usage: START_USAGE,
}

/** `message_start`. */
export const messageStart = (more: object = {}): { type: string; message: object } => ({
  type: 'message_start',
  message: { ...emptyMessage, ...more },
})

/** A content block in its pieces. */
export const block = (
  index: number,
  contentBlock: object,
  ...deltas: readonly object[]
): readonly { readonly type: string }[] => [
  { type: 'content_block_start', index, content_block: contentBlock } as { type: string },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index } as { type: string },
]

/** Text in its pieces. */
export const textBlock = (index: number, ...pieces: readonly string[]): readonly { readonly type: string }[] =>
  block(index, { type: 'text', text: '', citations: null }, ...pieces.map((text) => ({ type: 'text_delta', text })))

/** `message_delta` with the end's usage, and `message_stop`. */
export const messageEnd = (stopReason: string, usage: object = {}): readonly { readonly type: string }[] => [
  {
    type: 'message_delta',
    delta: { stop_reason: stopReason, stop_sequence: null, stop_details: null, container: null },
    usage: { input_tokens: 10, output_tokens: 9, output_tokens_details: { thinking_tokens: 4 }, ...usage },
  } as { type: string },
  { type: 'message_stop' },
]

/** The usage at the end of such an answer. */
export const endUsage = { ...startUsage, outputTokens: 9, reasoningTokens: 4 }

/** A short stream that says hello. */
export const HELLO: string = sse(
  messageStart(),
  { type: 'ping' },
  ...textBlock(0, 'Hel', 'lo'),
  ...messageEnd('end_turn'),
)

/** A whole message. */
export const message = (content: readonly object[], more: object = {}): object => ({
  ...emptyMessage,
  content,
  stop_reason: 'end_turn',
  usage: { ...START_USAGE, output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } },
  ...more,
})
