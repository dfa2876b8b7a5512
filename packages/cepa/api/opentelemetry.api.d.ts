// The public surface of cepa/opentelemetry. `npm run api` writes this file; a change in it is a change for users.

export { ContentPlace } from '@cepa/opentelemetry'
export { EventLogger } from '@cepa/opentelemetry'
export { EventRecord } from '@cepa/opentelemetry'
export { LogValue } from '@cepa/opentelemetry'
export { MeteringOptions } from '@cepa/opentelemetry'
export { Semconv } from '@cepa/opentelemetry'
export { TracingCallOptions } from '@cepa/opentelemetry'
export { TracingOptions } from '@cepa/opentelemetry'
export { metering } from '@cepa/opentelemetry'
export { tracing } from '@cepa/opentelemetry'
