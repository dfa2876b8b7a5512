/**
 * Output tokens per second, from the first content to the last event; absent where the provider told no usage, where all came at
 * once, and for a replay from a cache. Reasoning that the provider counts but did not send was over before the first content,
 * and is left out.
 */
export function outputTokensPerSecond({ usage, reasoned, firstContentAt, lastEventAt }) {
    if (usage?.outputTokens === undefined || usage.source === 'cache')
        return undefined;
    const tokens = usage.outputTokens - (reasoned ? 0 : (usage.reasoningTokens ?? 0));
    const elapsedMs = lastEventAt - firstContentAt;
    return tokens > 0 && elapsedMs > 0 ? (tokens * 1000) / elapsedMs : undefined;
}
//# sourceMappingURL=speed.js.map