import type { Printer } from './printer'

/** An option: `type`, `short` and `multiple` as `parseArgs` of node:util takes them, and how the help shows it. */
type OptionSpec = {
  type: 'string' | 'boolean'
  short?: string
  multiple?: boolean
  /** What stands for the value in the help, such as `FILE`; for a `string`. */
  value?: string
  about: string
}
export type OptionSpecs = Record<string, OptionSpec>

type ValueOf<S extends OptionSpec> = S extends { type: 'boolean' }
  ? boolean
  : S extends { multiple: true }
    ? string[]
    : string

/** The world around a command; a test hands in its own. */
export type Io = {
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  env: Record<string, string | undefined>
  cwd: string
  /** Aborts at Ctrl-C and when the process is told to end. */
  signal: AbortSignal
}

/** One call of a command. */
export type Call<S extends OptionSpecs = OptionSpecs> = {
  /** The options of the command that were given. */
  options: { [K in keyof S]?: ValueOf<S[K]> }
  /** What stands beside the options, before any `--`. */
  args: string[]
  /** What stands behind `--`, untouched; undefined where there is none. */
  rest: string[] | undefined
  /** The options that every command has. */
  common: Common
  out: Printer
  io: Io
}

/** The options that every command has. */
export type Common = {
  /** `--json`: the output is for programs. */
  json: boolean
  profile: string | undefined
  url: string | undefined
  /** For how long nobody may answer, such as `30s`. */
  patience: string | undefined
}

/** A command of the program. */
export type Command = {
  /** How it is called, a line each, without `holdpoint`: `approve ID… [-m REASON]`. */
  synopsis: string[]
  /** What it does, in paragraphs that are wrapped to the terminal; one that begins with a blank stays as it is. */
  about: string[]
  options: OptionSpecs
  /** Calls to paste, each with what it does. */
  examples: [call: string, what: string][]
  /** What its exit codes mean, where it has more to say than `exit.ts`. */
  exits?: [code: number, meaning: string][]
  /** @returns the exit code */
  run(call: Call): Promise<number>
}

/** A command whose `run` sees its options with their types. */
export function command<const S extends OptionSpecs>(
  spec: Omit<Command, 'options' | 'run'> & { options: S; run(call: Call<S>): Promise<number> },
): Command {
  return spec as unknown as Command
}
