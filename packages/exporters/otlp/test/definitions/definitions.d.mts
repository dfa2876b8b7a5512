type Signal = 'traces' | 'metrics' | 'logs'

interface Message {
  decode(bytes: Uint8Array): object
  encode(message: object): { finish(): Uint8Array }
  fromObject(object: object): object
  verify(object: object): string | null
  toObject(message: object, options: object): Record<string, unknown>
}

export declare const requests: Readonly<Record<Signal, Message>>
export declare const responses: Readonly<Record<Signal, Message>>
