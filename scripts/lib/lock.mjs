import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** Takes a lock file, so that two commands of one checkout do not install at once; a lock whose owner is gone is taken over. */
export async function takeLock(file, say) {
  for (let told = false; ; told = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const owner = readOwner(file)
    if (owner !== undefined && !isAlive(owner)) rmSync(file, { force: true })
    else {
      if (!told) say(`waiting for process ${owner ?? '?'}, which is installing`)
      await wait(200)
    }
  }
}

function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
