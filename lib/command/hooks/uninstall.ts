import type { DialectName } from '@/lib/hooks/dialects/dialect'
import { command } from '../command'
import { exit } from '../exit'
import { withoutEntries } from './edit'
import { backupPath, digestOf, dropBackup, read, readBackup, remove, write } from './files'
import { dialectNamed, names } from './named'
import { settings } from './settings'

export const uninstall = command({
  synopsis: [`uninstall ${names.join('|')} [--project]`],
  about: [
    'Takes the hooks out of the settings of a coding agent. A file that is as holdpoint install left it becomes what it was before, byte for byte; in one that was changed since, only Holdpoint’s own entries are taken out.',
  ],
  options: {
    project: { type: 'boolean', about: 'The settings of the project in this folder, not your own.' },
  },
  examples: [['holdpoint uninstall codex', 'Let Codex run its tools as before.']],
  exits: [[exit.conflict, 'The file was changed into one that cannot be read. Nothing was done.']],
  run: async ({ args, options, common, out, io }) => {
    if (args.length === 0) dialectNamed(undefined)
    const done: { agent: DialectName; path: string; changed: boolean }[] = []
    const say = (words: string) => (common.json ? undefined : out.line(words))
    for (const { name, title } of args.map((arg) => dialectNamed(arg))) {
      const path = settings[name].file(io.env, options.project ? io.cwd : undefined)
      const there = read(path)
      const known = readBackup(io.env, name, path)
      if (known && there && digestOf(there) === known.after) {
        if (known.before === null) remove(path, known.folders)
        else write(path, known.before)
        dropBackup(io.env, name, path)
        done.push({ agent: name, path, changed: true })
        say(`${title} asks Holdpoint no more. ${path} is ${known.before === null ? 'gone' : 'as it was'}.`)
        continue
      }
      const without = there && withoutEntries(there, name, path)
      const changed = without !== undefined && without !== there
      done.push({ agent: name, path, changed })
      if (changed) {
        write(path, without)
        say(`${title} asks Holdpoint no more.`)
        const kept = known
          ? ` What was there before install is kept in ${backupPath(io.env, name, path)}.`
          : ''
        out.note(`${path} was changed since: only Holdpoint’s entries were taken out of it.${kept}`)
      } else say(`${path} has no hook of Holdpoint.`)
    }
    if (common.json) out.json({ agents: done })
    return exit.done
  },
})
