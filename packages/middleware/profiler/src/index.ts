export type { ChromeTrace, TraceEvent } from './chrome-trace.ts'
export type { EventLoopDelay, TakenProfile } from './instruments.ts'
export type { ProfilerOptions, SlowThresholds } from './options.ts'
export type { ProfilerProblem } from './problem.ts'
export type {
  HookProfile,
  LayerProfile,
  Profile,
  ProfileLabels,
  ProfileReport,
  TimeSpread,
} from './profile/profile-data.ts'
export { type Profiler, type ProfilerControls, profiler, type ReportQuery } from './profiler.ts'
export type { SlowCall, SlowestLayer } from './slow-call.ts'
export type { TimesCopy } from './times-copy.ts'
