import { type Middleware, timingFact } from '@cepa/core';
/** What {@link timing} takes. */
export interface TimingOptions<TName extends string = string> {
    /** Another name, for a second one in the same stack: one around `retry()` for calls, one inside it for attempts. Default: `timing`. */
    readonly name?: TName;
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
export declare function timing<const TName extends string = 'timing'>(given?: TimingOptions<TName>): Middleware<TName, readonly [], readonly [typeof timingFact]>;
//# sourceMappingURL=timing.d.ts.map