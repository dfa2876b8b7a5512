import type { MediaKind, PriceRequest } from '@cepa/core'
import type { Rates } from './rates.ts'

/**
 * Media that providers count among the input tokens and bill like text, where a model has no price of its own for them.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/vision#evaluate-image-size for `anthropic` (PDF pages are text and images)
 * @see https://developers.openai.com/api/docs/guides/images-vision#calculating-costs for `openai`
 * @see https://ai.google.dev/gemini-api/docs/pricing for `google`: one rate for "text / image / video"
 */
const AS_TEXT: Readonly<Record<string, readonly MediaKind[]>> = {
  anthropic: ['image', 'document'],
  openai: ['image', 'document'],
  google: ['image', 'video', 'document'],
}

/** The rates that media in requests have of their own. */
const OWN_RATE: Readonly<Record<MediaKind, readonly string[]>> = {
  image: ['input_image_mtok'],
  audio: ['input_audio_mtok', 'audio_hours', 'input_audio_hours'],
  video: ['input_video_mtok'],
  document: ['input_document_kpages', 'input_annotated_document_kpages'],
}

/** Whether a kind of media in a request is billed like text. */
export function isBilledAsText(kind: MediaKind, provider: string, rates: Rates): boolean {
  return (AS_TEXT[provider]?.includes(kind) ?? false) && !OWN_RATE[kind].some((key) => key in rates)
}

/** The counts of media in requests. */
const TOLD: Readonly<Partial<Record<MediaKind, 'audioInputTokens' | 'imageInputTokens'>>> = {
  audio: 'audioInputTokens',
  image: 'imageInputTokens',
}

/** Why media of the request or the answer leave the price open, if they do. */
export function mediaProblem(
  { usage, sent = [], received = [] }: PriceRequest,
  asText: (kind: MediaKind) => boolean,
): string | undefined {
  const open = sent.find((kind) => {
    const told = TOLD[kind]
    return !asText(kind) && (told === undefined || usage[told] === undefined)
  })
  if (open) return `the request has ${open}, and it is not told how many tokens that was`
  if (received.includes('image') && usage.imageOutputTokens === undefined) {
    return 'the answer has images, and it is not told how many tokens they were'
  }
  if (received.includes('audio') && usage.audioOutputTokens === undefined) {
    return 'the answer has audio, and it is not told how many tokens it was'
  }
  return received.includes('video') ? 'the answer has video, which no usage tells' : undefined
}
