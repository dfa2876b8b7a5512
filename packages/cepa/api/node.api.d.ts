// The public surface of cepa/node. `npm run api` writes this file; a change in it is a change for users.

export { CHANNELS } from '@cepa/middleware-telemetry/node'
export { ChannelMessages } from '@cepa/middleware-telemetry/node'
export { GroupScope } from '@cepa/middleware-telemetry/node'
export { groupScope } from '@cepa/middleware-telemetry/node'
