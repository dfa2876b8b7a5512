/** The name of something that is no data, where a layer's options are told as data: a store's, a function's, that of a secret. */
export class Named {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  toJSON(): string {
    return this.name
  }

  toString(): string {
    return this.name
  }
}
