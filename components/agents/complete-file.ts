import { blockSettings, entrySettings, settings, type SettingName } from '@/lib/policy/settings'

/** What may stand at the cursor: what is offered, and from which index of the text it takes the place of. */
export type Offer = { from: number; options: { label: string; detail?: string; apply?: string }[] }

/**
 * What an agent's file may go on with at the end of `before`: the block, its settings and their words, tools, and the
 * settings of an entry. It reads indentation alone, since a file that is being written is seldom whole.
 * @param before the text up to the cursor
 * @param tools names of tools that the agent is known to call
 * @returns null where nothing can be offered
 */
export function offersAt(before: string, tools: readonly string[]): Offer | null {
  const lines = before.split('\n')
  const line = lines.pop() ?? ''
  const [, indent = '', dash = '', key, written = ''] = /^( *)(- )?(?:([\w]+): )?([\w.*-]*)$/.exec(line) ?? []
  if (!/^ *(- )?(\w+: )?[\w.*-]*$/.test(line)) return null
  const from = before.length - written.length
  const path = parentsOf(lines, indent.length + (dash === '' ? 0 : 1))
  const [block, list, entry] = path
  const where =
    block !== 'approval' ? undefined : list === undefined ? 'block' : entry === undefined ? 'list' : 'entry'
  if (key !== undefined) {
    const read = where === 'block' || where === 'entry' ? settings[key as SettingName]?.read : undefined
    return read?.words === undefined ? null : { from, options: read.words.map((label) => ({ label })) }
  }
  if (path.length === 0)
    return dash === ''
      ? { from, options: [{ label: 'approval', apply: 'approval:\n  tools:\n    - ' }] }
      : null
  if (where === 'list' && list === 'tools' && dash !== '')
    return tools.length === 0 ? null : { from, options: tools.map((label) => ({ label, detail: 'tool' })) }
  if (dash !== '' || (where !== 'block' && !(where === 'entry' && list === 'tools'))) return null
  const names = where === 'block' ? ['tools', ...blockSettings] : ['when', ...entrySettings]
  const ends = (name: string) => (name === 'tools' ? `${name}:\n${indent}  - ` : `${name}: `)
  return { from, options: names.map((label) => ({ label, detail: 'setting', apply: ends(label) })) }
}

/** The keys that what is indented so far stands under, the outermost first. */
function parentsOf(lines: string[], indent: number): string[] {
  const path: string[] = []
  let below = indent
  for (const line of lines.toReversed()) {
    const [, spaces = '', dash = '', key] = /^( *)((?:- )?)([^\s#][^#]*?):\s*(?:#.*)?$/.exec(line) ?? []
    if (key === undefined || spaces.length >= below) continue
    path.unshift(key)
    below = spaces.length + (dash === '' ? 0 : 1)
    if (below === 0) break
  }
  return path
}
