import { anyOf, checkOptions, dataOf, fact, flag, func, integer, middleware, OptionError, requestIdFact, text, } from '@cepa/core';
import { nanoid } from 'nanoid';
import { DEFAULT_HEADER, isHeaderForIds } from './header-name.js';
import { problemOfId, shownId } from './safe-id.js';
const RULES = {
    generator: func(),
    prefix: text({
        pattern: /^[\w.:-]{1,32}$/,
        expects: 'a string of 1 to 32 letters, digits and _ . : -',
    }),
    size: integer({ min: 6, max: 64 }),
    header: { ...anyOf(flag(), text({ expects: 'the name of a header' })), default: false },
};
/** nanoid's own. */
const DEFAULT_SIZE = 21;
const refuse = (owner, field, problem) => {
    throw new OptionError({ owner, field, ...problem });
};
function checked(given) {
    const options = { ...checkOptions('requestId', RULES, given) };
    if (options.generator === undefined)
        options.size ??= DEFAULT_SIZE;
    else if (options.size !== undefined) {
        refuse('requestId', 'size', {
            value: String(options.size),
            remedy: 'it is the length of ids that nanoid makes; with a generator of your own, leave it out',
        });
    }
    if (typeof options.header === 'string' && !isHeaderForIds(options.header)) {
        refuse('requestId', 'header', {
            value: JSON.stringify(options.header),
            remedy: 'it must be the name of a header that carries nothing else, such as x-request-id',
        });
    }
    return options;
}
/** The same fact, with the header that the options name: whoever reads it reads it by its name. */
function factFor({ header }) {
    if (header === false)
        return requestIdFact;
    return fact('requestId', 'in', { header: header === true ? DEFAULT_HEADER : header });
}
function made({ generator, prefix = '', size }) {
    const own = generator ? generator() : nanoid(size);
    const id = typeof own === 'string' ? prefix + own : own;
    const problem = problemOfId(id);
    if (problem === undefined)
        return id;
    return refuse('requestId', 'generator', { value: `one that gave ${shownId(id)}`, remedy: problem });
}
function brought(id) {
    const problem = problemOfId(id);
    return problem === undefined ? id : refuse('call', 'requestId', { value: shownId(id), remedy: problem });
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
export function requestId(given) {
    const options = checked(given);
    const key = factFor(options);
    return middleware({
        name: 'requestId',
        gives: [key],
        data: dataOf(RULES, options),
        provide(call) {
            if (call.facts.requestId !== undefined)
                return;
            const own = call.caller.requestId;
            call.give(key, own === undefined ? made(options) : brought(own));
        },
    });
}
//# sourceMappingURL=request-id.js.map