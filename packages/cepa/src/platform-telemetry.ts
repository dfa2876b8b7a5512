export { telemetry } from '@cepa/middleware-telemetry'
