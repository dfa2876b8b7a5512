/** Longest id that is kept, in characters. */
export const MAX_ID_LENGTH = 128;
/** The characters of a token of HTTP, and `/ : = @`, which ids of other systems have. */
const SAFE_ID = /^[\w!#$%&'*+.^`|~/:=@-]+$/;
/**
 * Why an id cannot stand in headers, log lines and file names of exporters; `undefined` for one that can.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 (tokens)
 */
export function problemOfId(id) {
    if (typeof id !== 'string')
        return `it must be a string, not ${typeof id}`;
    if (id === '')
        return 'it must not be empty';
    if (id.length > MAX_ID_LENGTH)
        return `it must have at most ${MAX_ID_LENGTH} characters, not ${id.length}`;
    if (SAFE_ID.test(id))
        return undefined;
    return "it may have letters, digits and !#$%&'*+-.^_`|~/:=@ only, no spaces, quotes or line breaks";
}
/** An id as it may stand in a message about it: short, in one line. */
export function shownId(id) {
    if (typeof id !== 'string')
        return `a ${typeof id}`;
    const json = JSON.stringify(id);
    return json.length > 60 ? `${json.slice(0, 59)}…` : json;
}
//# sourceMappingURL=safe-id.js.map