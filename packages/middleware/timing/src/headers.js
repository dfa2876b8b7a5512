/**
 * When the response's headers were there, on the clock of the call: those of the attempt that made the answer, else of the last
 * that had any. Absent where no attempt told.
 */
export function headersAt(attempts) {
    const told = attempts.filter(({ headersMs }) => headersMs !== undefined);
    const attempt = told.find(({ won }) => won) ?? told.at(-1);
    return attempt && attempt.startedAt + (attempt.headersMs ?? 0);
}
//# sourceMappingURL=headers.js.map