/** The kinds of data that OTLP knows, each with an address of its own. */
export type OtlpSignal = 'traces' | 'metrics' | 'logs'

/** How data goes over HTTP. */
export type OtlpProtocol = 'http/protobuf' | 'http/json'
