import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { writeJson } from '@/lib/json/write'
import { compileTree } from '@/lib/policy/expression/evaluate'
import { parseCondition } from '@/lib/policy/expression/condition'
import { CaseMaker, type RandomCase } from './random-cases'
import { seededRandom } from './random-values'

export type Answer = 'refused' | 'true' | 'false' | 'raises'

/** What a comparison found: how often each answer came up, and every case that differed. */
export type Comparison = {
  cases: number
  evaluated: Record<Answer, number>
  spelled: Record<Answer, number>
  disagreements: (RandomCase & { ours: Answer; python: string })[]
}

const script = fileURLToPath(new URL('cpython.py', import.meta.url))

/** Whether this machine has a python3 to compare with, 3.11 or newer: older ones read wildcards otherwise. */
export function hasPython(): boolean {
  return spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']).status === 0
}

/** Asks one python3 process for one word a case, in order. @throws where it ends early. */
export async function askPython(cases: readonly object[]): Promise<string[]> {
  const python = spawn('python3', ['-I', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers: string[] = []
  const ended = new Promise<void>((resolve) => python.once('close', () => resolve()))
  // A broken pipe means that python3 has ended, which the count of answers tells.
  python.stdin.on('error', () => undefined)
  const reading = (async () => {
    for await (const line of createInterface({ input: python.stdout })) answers.push(line)
  })()
  for (const each of cases) {
    if (!python.stdin.write(`${writeJson(each)}\n`)) {
      await Promise.race([ended, new Promise((resolve) => python.stdin.once('drain', resolve))])
    }
  }
  python.stdin.end()
  await reading
  if (answers.length !== cases.length)
    throw new Error(`python3 answered ${answers.length} of ${cases.length} cases`)
  return answers
}

/** Our own answer to a case, in the words of `cpython.py`. */
export function ourAnswer({ text, param, context }: RandomCase): Answer {
  const parsed = parseCondition(text)
  if (!parsed.ok) return 'refused'
  const { outcome } = compileTree(parsed.tree, text)(param, context)
  return outcome === 'unevaluable' ? 'raises' : outcome
}

/**
 * Compares our parser and evaluator with CPython's over random cases: three of four are conditions over
 * values, one of four is a text with changed tokens, where acceptance is what counts.
 * @param answer stands in for our own answer where the comparison itself is tested
 */
export async function compareWithCpython(
  count: number,
  seed: number,
  answer: (each: RandomCase) => Answer = ourAnswer,
): Promise<Comparison> {
  const maker = new CaseMaker(seededRandom(seed))
  const cases = Array.from({ length: count }, (_, i) => (i % 4 === 3 ? maker.spelled() : maker.evaluable()))
  const python = await askPython(cases)
  const none = () => ({ true: 0, false: 0, raises: 0, refused: 0 })
  const found: Comparison = { cases: count, evaluated: none(), spelled: none(), disagreements: [] }
  cases.forEach((each, i) => {
    const ours = answer(each)
    found[i % 4 === 3 ? 'spelled' : 'evaluated'][ours]++
    const theirs = python[i] ?? ''
    if (ours !== theirs) found.disagreements.push({ ...each, ours, python: theirs })
  })
  return found
}

function shares(counts: Record<Answer, number>): string {
  const total = Object.values(counts).reduce((sum, each) => sum + each, 0)
  return Object.entries(counts)
    .map(([answer, each]) => `${answer} ${((100 * each) / Math.max(total, 1)).toFixed(1)} %`)
    .join(', ')
}

async function main(): Promise<void> {
  if (!hasPython()) {
    process.stderr.write('There is no python3 (3.11 or newer) on this machine to compare with.\n')
    process.exitCode = 2
    return
  }
  const count = Number(process.argv[2] ?? 10_000)
  const seed = Number(process.argv[3] ?? 1)
  const { evaluated, spelled, disagreements } = await compareWithCpython(count, seed)
  process.stdout.write(
    `${count} cases, seed ${seed}: ${count - disagreements.length} agree, ${disagreements.length} disagree; ` +
      `conditions: ${shares(evaluated)}; changed texts: ${shares(spelled)}\n`,
  )
  for (const each of disagreements.slice(0, 20)) process.stderr.write(`${writeJson(each)}\n`)
  if (disagreements.length > 0) process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
