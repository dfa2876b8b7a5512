// The public surface of @cepa/middleware-token-count/gpt-tokenizer. `npm run api` writes this file; a change in it is a change for users.

import type { Tokenizer } from '@cepa/core'

export const gptTokenizer: () => Tokenizer;
