/** A time limit that is met, in milliseconds: long enough that a busy machine does not meet it elsewhere, and short for a test. */
export const LIMIT_MS = 3_000
