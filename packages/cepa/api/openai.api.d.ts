// The public surface of cepa/openai. `npm run api` writes this file; a change in it is a change for users.

export { ApiKey } from '@cepa/adapter-openai'
export { OpenaiOptions } from '@cepa/adapter-openai'
export { openai } from '@cepa/adapter-openai'
