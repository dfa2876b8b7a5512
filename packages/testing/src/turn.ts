interface Platform {
  setImmediate?: (run: () => void) => unknown
  setTimeout(run: () => void, delayMs: number): unknown
}

// taken when the module loads, so that a test runner's fake timers do not stop them
const platform = globalThis as unknown as Platform
const { setImmediate } = platform
const setTimeout = platform.setTimeout.bind(globalThis)

/** Ends after every promise reaction that is ready, and all that follow from them, have run. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
