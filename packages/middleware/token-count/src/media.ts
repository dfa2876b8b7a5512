import type { ChatRequest, Completion, EmbedRequest, MediaKind, MediaSource } from '@cepa/core'

type Request = ChatRequest | EmbedRequest

/** A part of a message that is no text. */
export type MediaPart =
  | { readonly type: 'image'; readonly image: MediaSource; readonly detail?: string }
  | { readonly type: 'file'; readonly file: MediaSource; readonly mediaType: string }

const isText = (mediaType: string): boolean =>
  /^text\/|^application\/(?:json|xml|yaml)\b|\+(?:json|xml)\b/.test(mediaType)

/** What a media type is to a price; `undefined` for what is read as text. */
export function kindOfMedia(mediaType: string): MediaKind | undefined {
  const kind = /^(?:image|audio|video)(?=\/)/.exec(mediaType)?.[0]
  if (kind !== undefined) return kind as MediaKind
  return isText(mediaType) ? undefined : 'document'
}

/** The images and files of a request, in order. */
export function mediaPartsOf(request: Request): readonly MediaPart[] {
  if (!('messages' in request)) return []
  return request.messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? []
      : (content as readonly { type: string }[]).filter((part): part is MediaPart =>
          /^(?:image|file)$/.test(part.type),
        ),
  )
}

/** The kinds of media in a request, each once. */
export function sentMedia(request: Request): readonly MediaKind[] {
  const kinds = mediaPartsOf(request).map((part) => (part.type === 'image' ? 'image' : kindOfMedia(part.mediaType)))
  return [...new Set(kinds.filter((kind) => kind !== undefined))]
}

/** The kinds of media in an answer, each once; a file that does not say what it is counts as an image, the kind that models give most. */
export function receivedMedia({ files }: Completion): readonly MediaKind[] {
  const kinds = files.map((file) => {
    const { mediaType } = Object(file) as { readonly mediaType?: unknown }
    return typeof mediaType === 'string' ? kindOfMedia(mediaType) : 'image'
  })
  return [...new Set(kinds.filter((kind) => kind !== undefined))]
}
