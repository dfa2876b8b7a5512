export { type TimingOptions, timing } from './timing.ts'
