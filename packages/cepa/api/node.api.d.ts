// The public surface of cepa/node. `npm run api` writes this file; a change in it is a change for users.

export { CHANNELS } from '@cepa/middleware-telemetry/node'
export { ChannelMessages } from '@cepa/middleware-telemetry/node'
export { CpuProfileOptions } from '@cepa/middleware-profiler/node'
export { GroupScope } from '@cepa/middleware-telemetry/node'
export { NodeProfilerOptions } from '@cepa/middleware-profiler/node'
export { groupScope } from '@cepa/middleware-telemetry/node'
export { profiler } from '@cepa/middleware-profiler/node'
