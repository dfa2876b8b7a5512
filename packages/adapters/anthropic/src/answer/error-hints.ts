import type { ErrorHint } from '@cepa/transport'

/**
 * What Anthropic's errors mean, and those of Bedrock behind its client, beyond what all providers share.
 *
 * @see https://platform.claude.com/docs/en/api/errors
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
 */
export const ANTHROPIC_HINTS: readonly ErrorHint[] = [
  { code: /spend_limit_reached$|^linked_organization_billing_unavailable$/, kind: 'quota' },
  { code: /^(?:organization_on_hold|claude_code_key_creator_not_member)$/, kind: 'permission' },
  { code: /^compaction_unavailable$/, kind: 'overloaded' },
  { code: /^thread_continue_in_flight$/, kind: 'invalid-request', retryable: true },
  { status: 400, message: /exceeds? (?:the )?context limit/i, kind: 'context-length' },
  { message: /content filtering policy/i, kind: 'content-filter' },
  { code: /^throttlingException$/i, kind: 'rate-limit' },
  { code: /^serviceUnavailableException$/i, kind: 'overloaded' },
  { code: /^modelTimeoutException$/i, kind: 'timeout' },
  { code: /^validationException$/i, message: /too long|too many input tokens/i, kind: 'context-length' },
  { code: /^validationException$/i, kind: 'invalid-request' },
  { code: /^(?:modelStreamErrorException|modelErrorException)$/i, kind: 'server' },
]
