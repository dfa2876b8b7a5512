import { type Middleware, requestIdFact } from '@cepa/core';
/** What {@link requestId} takes. */
export interface RequestIdOptions {
    /** Makes an id. Default: `nanoid`. What it gives is held to the same rule as an id that a caller brings. */
    readonly generator?: () => string;
    /** Stands before every id that is made here; an id that the caller brings is kept as it is. Default: none. */
    readonly prefix?: string;
    /** Length of nanoid's part of an id in characters, from 6 to 64. Default: 21, as unlikely to repeat as a UUID. */
    readonly size?: number;
    /** Sends the id to the provider in a request header: `true` for `x-request-id`, or a name. Default: `false`. */
    readonly header?: boolean | string;
}
/**
 * Gives every call an id that the layers further in read as `call.facts.requestId`. Stands outermost. An id that the caller
 * brings (`chat(request, { requestId })`) is kept if it is safe to write into headers and log lines; in a nested pipeline, so is
 * the id of the pipeline around it.
 *
 * @throws {OptionError} for options that cannot be right; and, on a call, for an id of the caller or of the generator that has
 * other than token characters, or more than 128 of them, before anything is sent.
 *
 * @example
 * const chat = pipeline(openai(), requestId({ prefix: 'req_', header: 'x-client-request-id' }), logging())
 * await chat(request, { requestId: incoming.headers['x-request-id'] })
 */
export declare function requestId(given?: RequestIdOptions): Middleware<'requestId', readonly [], readonly [typeof requestIdFact]>;
//# sourceMappingURL=request-id.d.ts.map