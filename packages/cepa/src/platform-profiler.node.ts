export { profiler } from '@cepa/middleware-profiler/node'
