import { command, type OptionSpecs } from './command'
import { commands } from './commands'
import { exit, wrongly } from './exit'
import { commonOptions } from './help'

/** A command as a shell completes it: its words, and its options with what they are. */
type Completed = { words: string[]; summary: string; options: OptionSpecs }

const shells = { bash, zsh, fish }

export const completion = command({
  synopsis: ['completion bash|zsh|fish'],
  about: ['Writes what a shell needs to complete commands and options, to be read by it when it starts.'],
  options: {},
  examples: [
    ["echo 'source <(holdpoint completion bash)' >> ~/.bashrc", 'For bash.'],
    ["echo 'source <(holdpoint completion zsh)' >> ~/.zshrc", 'For zsh, after compinit.'],
    ['holdpoint completion fish > ~/.config/fish/completions/holdpoint.fish', 'For fish.'],
  ],
  async run({ args, out }) {
    const [shell] = args
    if (args.length !== 1 || !Object.hasOwn(shells, shell!))
      throw wrongly('Say for which: bash, zsh or fish.')
    const all = await Promise.all(
      commands.map(async ({ name, summary, load }) => ({
        words: name.split(' '),
        summary,
        options: { ...(await load()).options, ...commonOptions },
      })),
    )
    out.line(shells[shell as keyof typeof shells](all))
    return exit.done
  },
})

function flags(options: OptionSpecs): string[] {
  return Object.entries(options).flatMap(([name, { short }]) => [
    `--${name}`,
    ...(short ? [`-${short}`] : []),
  ])
}

const firstWords = (all: Completed[]) => [...new Set(['help', ...all.map(({ words }) => words[0]!)])]

function bash(all: Completed[]): string {
  const caseOf = ({ words, options }: Completed) =>
    `    '${words.join(' ')}') words='${flags(options).join(' ')}' ;;`
  const seconds = firstWords(all).flatMap((first) => {
    const found = all.flatMap(({ words }) => (words[0] === first && words[1] ? [words[1]] : []))
    return found.length > 0 ? [`    ${first}) second='${found.join(' ')}' ;;`] : []
  })
  const ofTwo = all.filter(({ words }) => words.length === 2)
  const ofOne = all.filter(({ words }) => words.length === 1)
  return `_holdpoint() {
  local current="\${COMP_WORDS[COMP_CWORD]}" one="\${COMP_WORDS[1]}" two="\${COMP_WORDS[2]}" words='' second=''
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W '${firstWords(all).join(' ')} --help --version' -- "$current"))
    return
  fi
  case "$one" in
${seconds.join('\n')}
  esac
  case "$one $two" in
${ofTwo.map(caseOf).join('\n')}
  esac
  [ -n "$words" ] || case "$one" in
${ofOne.map(caseOf).join('\n')}
  esac
  if [ "$COMP_CWORD" = 2 ]; then words="$second $words"; fi
  if [ "$current" != "\${current#-}" ] || { [ "$COMP_CWORD" = 2 ] && [ -n "$second" ]; }; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _holdpoint holdpoint`
}

/** Zsh reads what bash does, once it is told to. */
function zsh(all: Completed[]): string {
  return `autoload -Uz bashcompinit && bashcompinit\n${bash(all)}`
}

/** A text between single quotes of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

function fish(all: Completed[]): string {
  const lines = ['complete -c holdpoint -f']
  for (const first of firstWords(all)) {
    const summary = all.find(({ words }) => words.join() === first)?.summary ?? ''
    lines.push(`complete -c holdpoint -n __fish_use_subcommand -a ${quoted(first)} -d ${quoted(summary)}`)
  }
  for (const { words, summary, options } of all) {
    const [first, second] = words
    if (second !== undefined)
      lines.push(
        `complete -c holdpoint -n ${quoted(`__fish_seen_subcommand_from ${first}`)} -a ${quoted(second)} -d ${quoted(summary)}`,
      )
    const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ')
    for (const [name, { short, type, about }] of Object.entries(options)) {
      const flag = `-l ${name}${short ? ` -s ${short}` : ''}${type === 'string' ? ' -r -F' : ''}`
      lines.push(`complete -c holdpoint -n ${quoted(seen)} ${flag} -d ${quoted(about)}`)
    }
  }
  return lines.join('\n')
}
