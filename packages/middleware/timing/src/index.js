export { timing } from './timing.js';
//# sourceMappingURL=index.js.map