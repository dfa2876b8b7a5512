/** The header that `header: true` stands for. */
export const DEFAULT_HEADER = 'x-request-id';
/** Names of header fields are tokens. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.1 */
const FIELD_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** Headers that mean something else to every server; an id in them would break the request or be taken for a key. */
const TAKEN = new Set([
    'accept',
    'accept-encoding',
    'api-key',
    'authorization',
    'connection',
    'content-encoding',
    'content-length',
    'content-type',
    'cookie',
    'expect',
    'host',
    'keep-alive',
    'proxy-authorization',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'x-api-key',
    'x-goog-api-key',
]);
/** Whether an id may travel in a header of this name. */
export const isHeaderForIds = (name) => FIELD_NAME.test(name) && !TAKEN.has(name.toLowerCase());
//# sourceMappingURL=header-name.js.map