// The public surface of cepa/anthropic. `npm run api` writes this file; a change in it is a change for users.

export { AnthropicOptions } from '@cepa/adapter-anthropic'
export { anthropic } from '@cepa/adapter-anthropic'
