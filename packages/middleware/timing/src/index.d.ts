export { type TimingOptions, timing } from './timing.ts';
//# sourceMappingURL=index.d.ts.map