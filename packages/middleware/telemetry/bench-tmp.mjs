import { CallMetrics } from './src/metrics/call-metrics.ts'
import { recordOf } from './test/random-records.ts'
const clock = { epochMs: () => Date.now() }
const m = new CallMetrics({ maxValues: 100, maxSeries: 500, attributes: ['tenant'] }, clock)
const recs = []
for (let at = 0; at < 20000; at++) {
  const totalMs = 50 * Math.exp(Math.random()*6)
  recs.push(recordOf({ durations: { totalMs, providerMs: totalMs, headersMs: totalMs/5, consumerMs: Math.random()*5, firstTokenMs: totalMs / 3, outputTokensPerSecond: 20+Math.random()*80 , gaps:{count:5,meanMs:3,p50Ms:3,p95Ms:3,maxMs:3}}, model: 'm-'+(at % 5), attributes: { tenant: 't-'+(at%Number(process.argv[2]??20)) }, spent: {inputTokens: Math.floor(100*Math.exp(Math.random()*4)), outputTokens: Math.floor(100*Math.exp(Math.random()*3)), source:'provider'}, cost: {usd: 0.001*Math.random(), attempts:[]}, bytesSent: 1000, bytesReceived: 5000 }))
}
gc(); const h0 = process.memoryUsage(); 
for (let i=0;i<3;i++) for (const r of recs) m.record(r)
gc(); const h1 = process.memoryUsage()
console.log('series', m.snapshot({by:m.dimensions}).rows.length, 'MB', (h1.heapUsed+h1.arrayBuffers-h0.heapUsed-h0.arrayBuffers)/1e6, 'per series KB', (h1.heapUsed+h1.arrayBuffers-h0.heapUsed-h0.arrayBuffers)/1e3/m.snapshot({by:m.dimensions}).rows.length)
let c=process.cpuUsage();let t=performance.now(); for (let i=0;i<10;i++) for (const r of recs) m.record(r); const cc=process.cpuUsage(c);console.log('cpu ns per record',(cc.user+cc.system)*1000/200000)
t=performance.now(); m.snapshot({by:m.dimensions, buckets:true}); console.log('snapshot all ms', performance.now()-t)
t=performance.now(); m.snapshot({by:['provider']}); console.log('snapshot provider ms', performance.now()-t)
t=performance.now(); m.snapshot(); console.log('snapshot total ms', performance.now()-t)
