/** A change to the text of one source file of the core. */
export interface Edit {
  /** Below `packages/core/src`. */
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
}

/** A fault against one rule of the contract, planted in the core's code as it is loaded. */
export interface Fault {
  /** Id of the rule that it breaks. */
  readonly rule: string
  /** What is wrong with a core that has it. */
  readonly what: string
  readonly edits: readonly Edit[]
}
