export { checkAdapter, testAdapter } from './adapter-kit/index.ts'
export type { AdapterKitOptions, Lack } from './adapter-kit/options.ts'
export { type FakeServer, type FakeServerOptions, fakeServer } from './fake-server.ts'
export type { NetworkWrite, ServerEntry } from './server-ledger.ts'
