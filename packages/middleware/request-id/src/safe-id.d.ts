/** Longest id that is kept, in characters. */
export declare const MAX_ID_LENGTH = 128;
/**
 * Why an id cannot stand in headers, log lines and file names of exporters; `undefined` for one that can.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 (tokens)
 */
export declare function problemOfId(id: unknown): string | undefined;
/** An id as it may stand in a message about it: short, in one line. */
export declare function shownId(id: unknown): string;
//# sourceMappingURL=safe-id.d.ts.map