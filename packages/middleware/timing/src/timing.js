import { checkOptions, middleware, text, timingFact, } from '@cepa/core';
import { headersAt } from './headers.js';
import { outputTokensPerSecond } from './speed.js';
import { GapMeter, isToken } from './token-gaps.js';
const RULES = {
    name: text({ pattern: /^[a-z][A-Za-z0-9]*$/, expects: 'a camelCase identifier', default: 'timing' }),
};
/** What one pass has measured so far. */
class PassTimes {
    gaps = new GapMeter();
    /** Attempts of the call that are none of this pass: those before it. */
    attemptsBefore;
    /** A whole answer comes in one piece: its events say nothing of when tokens came. */
    whole;
    // not a number rather than absent: a field that holds nothing but doubles is written in place
    firstContentAt = Number.NaN;
    lastEventAt = Number.NaN;
    reasoned = false;
    constructor(call) {
        this.attemptsBefore = call.attempts.length;
        this.whole = call.mode === 'complete';
    }
}
function timesOf(call, ending, pass) {
    const { providerMs, consumerMs, completion, at } = ending;
    const totalMs = providerMs + consumerMs;
    const since = (then) => then === undefined || Number.isNaN(then) ? undefined : Math.max(0, then - (at - totalMs));
    const headersMs = since(headersAt(call.attempts.slice(pass.attemptsBefore)));
    const firstTokenMs = since(pass.firstContentAt);
    const gaps = pass.gaps.report();
    const speed = outputTokensPerSecond({ ...pass, usage: completion.usage });
    return {
        totalMs,
        ...(headersMs !== undefined && { headersMs }),
        ...(firstTokenMs !== undefined && { firstTokenMs }),
        ...(gaps && { gaps }),
        ...(speed !== undefined && { outputTokensPerSecond: speed }),
        providerMs,
        consumerMs,
    };
}
/**
 * Measures where the time of a call goes and gives it outward at the end as `call.facts.timing`. Only watches; keeps no samples.
 * Times count from when the call enters this layer. Of a whole answer (`complete()`) the events come at once, so that first token,
 * gaps and speed are absent.
 *
 * @throws {OptionError} for a name that is none.
 *
 * @example
 * const report = () => middleware({
 *   name: 'report',
 *   reads: [timingFact],
 *   end: (call) => console.log(call.facts.timing?.firstTokenMs),
 * })
 * const chat = pipeline(openai(), report(), timing(), retry())
 */
export function timing(given) {
    const { name } = checkOptions('timing', RULES, given);
    return middleware({
        name: name,
        gives: [timingFact],
        start: (call) => new PassTimes(call),
        firstToken(_call, event, pass) {
            if (!pass.whole)
                pass.firstContentAt = event.at;
        },
        event: (_call, event, pass) => watch(event, pass),
        end: (call, ending, pass) => call.give(timingFact, timesOf(call, ending, pass)),
    });
}
function watch(event, pass) {
    if (pass.whole)
        return;
    if (!(event.at < pass.lastEventAt))
        pass.lastEventAt = event.at;
    if (!isToken(event))
        return;
    if (event.type === 'reasoning')
        pass.reasoned = true;
    pass.gaps.token(event.at);
}
//# sourceMappingURL=timing.js.map