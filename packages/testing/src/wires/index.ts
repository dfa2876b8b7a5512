export type { Wire, WireAsk, WireContext, WireFailure, WireFrame, WireStream } from '../wire.ts'
export { anthropicWire } from './anthropic.ts'
export { openaiWire } from './openai.ts'
