export { type RequestIdOptions, requestId } from './request-id.ts';
//# sourceMappingURL=index.d.ts.map