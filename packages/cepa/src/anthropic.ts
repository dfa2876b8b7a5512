export { type AnthropicOptions, anthropic } from '@cepa/adapter-anthropic'
