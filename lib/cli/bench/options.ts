import { parseArgs } from 'node:util'

/** The parts of a run, in their order. */
export const sectionNames = ['throughput', 'cycles', 'wake', 'waiters', 'policy', 'expiry', 'scale'] as const
export type SectionName = (typeof sectionNames)[number]

export type Options = { json: boolean; quick: boolean; help: boolean; only: readonly SectionName[] }

export const usage = `Measures Holdpoint on this machine: npm run --silent bench -- [options]

  --quick            a rough look, under a minute: one round instead of three, fewer rows
  --only NAME[,NAME] some parts only: ${sectionNames.join(', ')}
  --json             one JSON object instead of the table
  --help             this

It starts a server on 127.0.0.1 over fresh databases, in the embedded PostgreSQL or, where DATABASE_URL is
set, beside the database that it names; all of it is removed at the end. Where pgbench is installed, it runs
the same statements as the server, in the same run: "of pgbench" is the server's rate divided by pgbench's (for
times: the server's time divided by pgbench's), "of static" the same against a static answer of the same server.`

/** @returns the options, or a sentence that says what is wrong with them */
export function readOptions(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        only: { type: 'string' },
      },
    })
    return { ...values, only: values.only === undefined ? sectionNames : readOnly(values.only) }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function readOnly(text: string): SectionName[] {
  const wanted = text.split(',').map((name) => name.trim())
  const unknown = wanted.find((name) => !sectionNames.some((known) => known === name))
  if (unknown !== undefined) {
    throw new Error(`--only does not know "${unknown}"; it knows ${sectionNames.join(', ')}.`)
  }
  return sectionNames.filter((name) => wanted.includes(name))
}
