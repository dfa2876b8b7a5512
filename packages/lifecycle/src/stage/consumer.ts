import type { Reply, StreamEvent } from '@cepa/core'
import type { Told } from '../scenarios/scenario.ts'
import { errorLabel } from './labels.ts'
import type { World } from './world.ts'

/** A caller that reads a stream step by step, and keeps what it got instead of throwing it. */
export class Consumer {
  /** What happened to it in the end; `left` as long as nothing has. */
  how = 'left'
  text = ''
  readonly reply: Reply
  readonly #iterator: AsyncIterator<StreamEvent, undefined>
  #sawEnd = false

  constructor(reply: Reply) {
    this.reply = reply
    this.#iterator = reply[Symbol.asyncIterator]()
  }

  /** Asks for the next event; `undefined` when there is none any more. */
  async next(): Promise<StreamEvent | undefined> {
    try {
      const step = await this.#iterator.next()
      if (step.done) {
        if (this.#sawEnd) this.how = 'done'
        return undefined
      }
      if (step.value.type === 'text') this.text += step.value.text
      if (step.value.type === 'end') this.#sawEnd = true
      return step.value
    } catch (error) {
      this.how = `threw ${errorLabel(error)}`
      return undefined
    }
  }

  /** Reads until so many pieces have come. */
  async take(pieces: number): Promise<void> {
    for (let taken = 0; taken < pieces; ) {
      const event = await this.next()
      if (event === undefined) return
      if (event.type === 'text') taken++
    }
  }

  /** Reads to the end. */
  async rest(): Promise<this> {
    while ((await this.next()) !== undefined);
    return this
  }

  /** Leaves, as `break` does. */
  async leave(): Promise<void> {
    await this.#iterator.return?.()
  }

  tell(told?: Told['told']): Told {
    return { how: this.how, text: this.text, ...(told && { told }) }
  }
}

/** What a caller got whose call was refused. */
export const rejected = (error: unknown): Told => {
  const { ending } = error as { ending?: { completion: { text: string } } }
  return { how: `rejected ${errorLabel(error)}`, text: ending?.completion.text ?? '' }
}

/** Makes a call and reads it with `use`; a call that is refused is told. */
export async function consuming(world: World, use: (consumer: Consumer) => Promise<Told>): Promise<Told> {
  let reply: Reply
  try {
    reply = await world.call()
  } catch (error) {
    return rejected(error)
  }
  return use(new Consumer(reply))
}

/** A call that is read to its end. */
export const readAll = (world: World): Promise<Told> =>
  consuming(world, async (consumer) => (await consumer.rest()).tell())

/** A call for a whole answer while `meanwhile` happens. */
export async function completing(world: World, meanwhile?: () => Promise<void>): Promise<Told> {
  const whole = world.complete().then(
    ({ text }): Told => ({ how: 'done', text, told: { endedBefore: world.allEnded } }),
    (error: unknown): Told => ({ ...rejected(error), told: { endedBefore: world.allEnded } }),
  )
  await meanwhile?.()
  const { told, ...rest } = await whole
  if (told?.endedBefore !== true) world.log.broken.push('R5: complete() settled before its passes had ended')
  return rest
}
