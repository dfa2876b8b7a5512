// What `npm start` runs: real HTTP calls through two stacks, against a simulator in this process, or with --live against the providers.
import { playLive } from './live.ts'
import { COLUMNS } from './observations.ts'
import { startRecording, tellProfile, tellRecording } from './recording.ts'
import { aborted, cached, failing, introduce, retried, streams } from './scenes.ts'
import { bold, say, scene } from './screen.ts'
import { startSimulator } from './simulator.ts'
import { simulatedStacks } from './stacks.ts'
import { table } from './table.ts'

const DEFAULT_PROMPT = 'What does an onion teach about observability?'

async function playSimulated(prompt: string): Promise<void> {
  console.log(bold('Cepa'))
  say('Real HTTP calls through two stacks, against a simulator on the loopback interface.')
  say('Ask your own: npm start -- "a prompt". Ask the providers whose keys are in the environment: npm start -- --live')
  const simulator = await startSimulator()
  const recording = startRecording()
  try {
    const stacks = simulatedStacks(simulator, recording)
    introduce(stacks)
    await recording.scope.run('npm start', async () => {
      await streams(stacks, prompt)
      await cached(stacks, prompt)
      await retried(stacks)
      await aborted(stacks)
      await failing(stacks)
    })
    scene('What was observed')
    console.log(table(COLUMNS, stacks.observations))
    tellProfile(recording)
    await tellRecording(recording)
    await Promise.all([stacks.gpt.close(), stacks.claude.close()])
  } finally {
    await simulator.stop()
  }
}

const args = process.argv.slice(2)
const prompt = args.filter((arg) => arg !== '--live').join(' ') || DEFAULT_PROMPT
if (!args.includes('--live')) await playSimulated(prompt)
else if (!(await playLive(prompt))) process.exitCode = 1
