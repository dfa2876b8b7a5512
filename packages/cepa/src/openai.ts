export { type ApiKey, type OpenaiOptions, openai } from '@cepa/adapter-openai'
