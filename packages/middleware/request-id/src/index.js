export { requestId } from './request-id.js';
//# sourceMappingURL=index.js.map