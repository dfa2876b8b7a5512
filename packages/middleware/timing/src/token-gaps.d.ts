import { type StreamEvent, type TokenGaps } from '@cepa/core';
/**
 * Whether the model's output moves on with an event: text, reasoning, a tool call and the pieces of its arguments, a file. The
 * complete `tool-call` is put together from its pieces and brings nothing new.
 */
export declare function isToken(event: StreamEvent): boolean;
/**
 * The gaps between tokens, in constant memory. A gap is the time between the network reads that two tokens came with: tokens that
 * came with one read have a gap of 0 between them, so that count and mean hold for tokens and the rest shows how they were bunched.
 */
export declare class GapMeter {
    #private;
    /** A token came with the network read at `at`, in milliseconds. */
    token(at: number): void;
    /** What was measured; absent while there was no gap. */
    report(): TokenGaps | undefined;
}
//# sourceMappingURL=token-gaps.d.ts.map