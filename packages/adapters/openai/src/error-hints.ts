import type { ErrorHint } from '@cepa/transport'

/**
 * What OpenAI's codes mean, beyond those that all providers share.
 *
 * @see https://platform.openai.com/docs/guides/error-codes
 */
export const OPENAI_HINTS: readonly ErrorHint[] = [
  { code: /^(?:billing_hard_limit_reached|billing_not_active|insufficient_quota)$/, kind: 'quota' },
  { code: /^(?:account_deactivated|invalid_organization|mismatched_(?:organization|project))$/, kind: 'auth' },
  { code: /^string_above_max_length$/, kind: 'context-length' },
  { status: 401, message: /insufficient permissions|missing scopes/i, kind: 'permission' },
  { status: 400, code: /^(?:model_not_found|invalid_model)$/, kind: 'not-found' },
  { status: 503, message: /slow down/i, kind: 'overloaded' },
]
