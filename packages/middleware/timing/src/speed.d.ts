import type { Usage } from '@cepa/core';
/** What is known of an answer's output and of the time in which it came. */
export interface Output {
    readonly usage: Usage | undefined;
    /** Whether reasoning was among the events. */
    readonly reasoned: boolean;
    /** Times on the clock of the call; not a number where there was none. */
    readonly firstContentAt: number;
    readonly lastEventAt: number;
}
/**
 * Output tokens per second, from the first content to the last event; absent where the provider told no usage, where all came at
 * once, and for a replay from a cache. Reasoning that the provider counts but did not send was over before the first content,
 * and is left out.
 */
export declare function outputTokensPerSecond({ usage, reasoned, firstContentAt, lastEventAt }: Output): number | undefined;
//# sourceMappingURL=speed.d.ts.map