import type { Attempt } from '@cepa/core';
/**
 * When the response's headers were there, on the clock of the call: those of the attempt that made the answer, else of the last
 * that had any. Absent where no attempt told.
 */
export declare function headersAt(attempts: readonly Attempt[]): number | undefined;
//# sourceMappingURL=headers.d.ts.map