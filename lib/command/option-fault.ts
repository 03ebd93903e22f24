import { parseArgs } from 'node:util'
import { likelyKey } from '@/lib/policy/likely'
import type { OptionSpecs } from './command'
import { oneLine } from './printer'

/** What is wrong with the first option that `parseArgs` refuses, in words of ours; undefined where none is. */
export function optionFault(args: string[], options: OptionSpecs): string | undefined {
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, value, inlineValue } = token
    const raw = oneLine(token.rawName, 60)
    const type = Object.hasOwn(options, name) ? options[name]?.type : undefined
    if (type === undefined) {
      const likely = likelyKey(name, Object.keys(options))
      return `There is no option ${raw}.${likely === undefined ? '' : ` Did you mean --${likely}?`}`
    }
    if (type === 'boolean' && value !== undefined) return `${raw} takes no value.`
    if (type === 'string' && value === undefined) return `${raw} lacks its value.`
    const isLikeOption = inlineValue === false && value.startsWith('-') && value.length > 1
    if (isLikeOption) return `${raw} lacks its value; one that begins with - is given as --${name}=VALUE.`
  }
  return undefined
}
