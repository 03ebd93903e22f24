import type { Command, OptionSpecs } from './command'
import type { Listed } from './commands'
import { exit } from './exit'
import type { Printer } from './printer'

/** The options that every command has. */
export const commonOptions = {
  json: { type: 'boolean', about: 'Write JSON for programs. What misleads a reader is escaped.' },
  profile: {
    type: 'string',
    value: 'NAME',
    about: 'Use this profile of the configuration. Default: the one of the last login.',
  },
  url: {
    type: 'string',
    value: 'URL',
    about: 'The address of Holdpoint. Default: HOLDPOINT_URL, then the profile’s.',
  },
  patience: {
    type: 'string',
    value: 'SPAN',
    about:
      'For how long nobody may answer before it is given up, such as 30s. Default: 15s; of run and work 10m. Waits for a person do not count.',
  },
  help: { type: 'boolean', short: 'h', about: 'Show this.' },
} as const satisfies OptionSpecs

const exitWords: [number, string][] = [
  [exit.done, 'Done; the call was approved.'],
  [exit.no, 'The answer was no: rejected, expired, or a check failed.'],
  [exit.usage, 'Called wrongly, or what was named is not there.'],
  [exit.denied, 'Not allowed, or no credential.'],
  [exit.conflict, 'Somebody else was first. What holds is told.'],
  [exit.unanswered, 'Nobody answered.'],
  [exit.interrupted, 'Interrupted. Nothing was withdrawn.'],
]

const files: [string, string][] = [
  [
    '~/.config/holdpoint/config.json',
    'Addresses and credentials, by profile, readable by you alone. Made by login.',
  ],
]

const environment: [string, string][] = [
  ['HOLDPOINT_URL', 'Where Holdpoint is.'],
  ['HOLDPOINT_TOKEN', 'A personal token, for what a person does.'],
  ['HOLDPOINT_KEY', 'An agent key, for what an agent asks: run, work, hooks and the MCP proxy.'],
  ['HOLDPOINT_AGENT', 'The agent that these act as.'],
  ['HOLDPOINT_PROFILE', 'The profile, as --profile.'],
  ['NO_COLOR', 'No colours.'],
]

const indent = '       '

/** Words on lines of at most so many characters. */
function wrapped(text: string, width: number): string[] {
  const found: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      found.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...found, line]
}

class Page {
  private readonly width: number
  constructor(private readonly out: Printer) {
    this.width = Math.min(out.columns, 100)
  }

  section(title: string, write: () => void): void {
    this.out.line(this.out.style('bold', title))
    write()
    this.out.line()
  }

  calls(synopsis: string[]): void {
    for (const call of synopsis) {
      // what belongs together, such as [--name NAME], stays on one line
      const words = `holdpoint ${call}`.replace(/\[[^\]]*\]/g, (part) => part.replaceAll(' ', '\u00a0'))
      const [first, ...more] = wrapped(words, this.width - indent.length - 2)
      for (const line of [first!, ...more.map((line) => `  ${line}`)])
        this.out.line(indent + line.replaceAll('\u00a0', ' '))
    }
  }

  paragraphs(texts: string[]): void {
    for (const [at, text] of texts.entries()) {
      if (at > 0) this.out.line()
      const shown = text.startsWith(' ') ? text.split('\n') : wrapped(text, this.width - indent.length)
      for (const line of shown) this.out.line(indent + line)
    }
  }

  /** Terms with what they mean: beside them where they are short, else below. */
  terms(terms: [term: string, meaning: string][]): void {
    const longest = Math.max(...terms.map(([term]) => term.length))
    const column = longest <= 14 ? longest + 2 : 8
    for (const [term, meaning] of terms) {
      const texts = wrapped(meaning, this.width - indent.length - column)
      const isBeside = longest <= 14
      this.out.line(
        indent +
          this.out.style('bold', isBeside ? term.padEnd(column) : term) +
          (isBeside ? texts.shift()! : ''),
      )
      for (const line of texts) this.out.line(indent + ' '.repeat(column) + line)
    }
  }
}

function optionTerms(options: OptionSpecs): [string, string][] {
  return Object.entries(options).map(([name, { short, type, value = 'VALUE', multiple, about }]) => [
    `${short ? `-${short}, ` : ''}--${name}${type === 'string' ? ` ${value}` : ''}${multiple ? ' …' : ''}`,
    about,
  ])
}

/** The page of the whole program. */
export function showProgram(out: Printer, commands: Listed[]): void {
  const page = new Page(out)
  page.section('NAME', () => page.paragraphs(['holdpoint - decide on what AI agents are held at']))
  page.section('SYNOPSIS', () => page.calls(['COMMAND [ARGUMENT…] [OPTION…]', 'help COMMAND']))
  page.section('DESCRIPTION', () =>
    page.paragraphs([
      'Holdpoint holds an AI agent’s sensitive tool call until a person has decided. This is its command: it lists and decides what is held, deploys and tests the policies that say what is held, gates programs of any kind, and connects coding agents and MCP clients.',
      'What agents wrote is shown so that it cannot mislead: characters that cannot be seen, or that change what is seen, appear as their code points, such as ⟨U+202E⟩.',
    ]),
  )
  page.section('COMMANDS', () => page.terms(commands.map(({ name, summary }) => [name, summary])))
  page.section('OPTIONS', () =>
    page.terms(optionTerms({ ...commonOptions, version: { type: 'boolean', about: 'Show the version.' } })),
  )
  page.section('EXIT STATUS', () => page.terms(exitWords.map(([code, words]) => [String(code), words])))
  page.section('ENVIRONMENT', () => page.terms(environment))
  page.section('FILES', () => page.terms(files))
}

/** The page of one command. */
export function showCommand(out: Printer, { name, summary }: Listed, command: Command): void {
  const page = new Page(out)
  const exits = command.exits ?? []
  const kept = exitWords.filter(([code]) => !exits.some(([own]) => own === code))
  const all = [...kept, ...exits].sort(([a], [b]) => a - b)
  page.section('NAME', () => page.paragraphs([`holdpoint ${name} - ${summary}`]))
  page.section('SYNOPSIS', () => page.calls(command.synopsis))
  page.section('DESCRIPTION', () => page.paragraphs(command.about))
  page.section('OPTIONS', () => page.terms(optionTerms({ ...command.options, ...commonOptions })))
  page.section('EXIT STATUS', () => page.terms(all.map(([code, words]) => [String(code), words])))
  if (command.examples.length > 0) page.section('EXAMPLES', () => page.terms(command.examples))
}
