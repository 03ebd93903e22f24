import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createTwoFilesPatch } from 'diff'
import { toMs } from '@/lib/client/wait'
import type { DialectName } from '@/lib/hooks/dialects/dialect'
import { command, type Io } from '../command'
import { cleanUrl, readConfig } from '../config'
import { exit, wrongly } from '../exit'
import { oneLine } from '../printer'
import { disablesHooks, withEntries, withoutEntries } from './edit'
import { digestOf, keepBackup, read, readBackup, requireNoDeadLink, write } from './files'
import { defaultWait, spareSeconds } from './hook'
import { dialectNamed, names } from './named'
import { settings, type Wanted } from './settings'

export const install = command({
  synopsis: [
    `install ${names.join('|')} [--project] [--http] [--agent NAME] [--wait SPAN] [--park] [--dry-run]`,
  ],
  about: [
    'Writes the hooks into the settings of a coding agent, so that each of its tool calls is put to Holdpoint first, and what came of it is recorded. All else in the file stays as it is; what was there before is kept, and holdpoint uninstall brings it back.',
    'No credential is written: the hook takes HOLDPOINT_KEY, or the agent key of the profile. Called again it changes what was written. holdpoint doctor proves that the hooks let nothing through when Holdpoint is away.',
  ],
  options: {
    project: { type: 'boolean', about: 'Write the settings of the project in this folder, not your own.' },
    http: {
      type: 'boolean',
      about:
        'Claude Code: ask Holdpoint by HTTP, so that nothing but the settings is needed. HOLDPOINT_KEY has to be set.',
    },
    agent: {
      type: 'string',
      value: 'NAME',
      about: 'The agent whose policy counts. Default: the coding agent’s name.',
    },
    wait: {
      type: 'string',
      value: 'SPAN',
      about: `For how long a call waits for a person. Default: ${defaultWait}.`,
    },
    park: {
      type: 'boolean',
      about: 'Claude Code with -p: end the session at what is held; see holdpoint work.',
    },
    'dry-run': { type: 'boolean', about: 'Show what would change, and change nothing.' },
  },
  examples: [
    ['holdpoint install claude-code', 'Gate the tools of Claude Code.'],
    ['holdpoint install codex --project --dry-run', 'See what would be written into .codex/hooks.json.'],
  ],
  exits: [[exit.conflict, 'The file is none that can be changed. Nothing was.']],
  run: async ({ args, options, common, out, io }) => {
    if (args.length === 0) dialectNamed(undefined)
    const done: { agent: DialectName; path: string; changed: boolean }[] = []
    for (const { name, title } of args.map((arg) => dialectNamed(arg))) {
      const how = settings[name]
      if (options.park && name !== 'claude-code')
        throw wrongly(`${title} cannot be parked; leave --park out.`)
      if (options.http && !how.isHttp)
        throw wrongly(`${title} has no HTTP hooks that fail closed; leave --http out.`)
      const path = how.file(io.env, options.project ? io.cwd : undefined)
      const wanted = wantedOf(options, () => addressOf(common.url, io), io)
      requireNoDeadLink(path)
      const there = read(path)
      const known = readBackup(io.env, name, path)
      // what we wrote and nobody has changed since is ours; in anything else what is ours is looked for
      const isOurs = known !== undefined && there !== undefined && digestOf(there) === known.after
      const before = isOurs ? (known.before ?? undefined) : there && withoutEntries(there, name, path)
      const after = withEntries(before, how.entries(wanted), how, path)
      const isThere = there === after
      done.push({ agent: name, path, changed: !isThere })
      if (options['dry-run']) {
        if (common.json) continue
        out.line(isThere ? `${path} has it already.` : diffOf(path, there ?? '', after))
        continue
      }
      if (!isThere) {
        // kept first: whoever is interrupted between the two has lost nothing
        const backup = { path, name, after: digestOf(after), before: before ?? null }
        keepBackup(io.env, { ...backup, folders: known?.folders ?? [] })
        const folders = write(path, after)
        if (folders.length > 0) keepBackup(io.env, { ...backup, folders })
      }
      if (!common.json)
        out.line(
          `${title} asks Holdpoint before each tool, by ${path}${isThere ? ', as it did before' : ''}.`,
        )
      if (disablesHooks(after, path)) out.note(`${path} has disableAllHooks: no hook runs. Take that out.`)
      if (how.then) out.note(how.then)
    }
    if (common.json) out.json({ installed: !options['dry-run'], agents: done })
    return exit.done
  },
})

type Options = { agent?: string; wait?: string; park?: boolean; http?: boolean }

function wantedOf(options: Options, address: () => string, io: Io): Wanted {
  const { agent, wait = defaultWait, park, http } = options
  if (agent !== undefined && !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(agent))
    throw wrongly(`${oneLine(agent)} is no agent’s name.`)
  const own = [
    ...(agent === undefined ? [] : ['--agent', agent]),
    ...(wait === defaultWait ? [] : ['--wait', wait]),
    ...(park ? ['--park'] : []),
  ]
  return {
    program: programOf(io),
    options: own,
    timeoutSeconds: Math.ceil(spanOf(wait) / 1000) + spareSeconds,
    http: http ? address() : undefined,
    query: new URLSearchParams({ ...(agent === undefined ? {} : { agent }), ...(park ? { park: '1' } : {}) }),
  }
}

function spanOf(wait: string): number {
  try {
    return toMs(wait)
  } catch (error) {
    throw wrongly((error as Error).message)
  }
}

function addressOf(url: string | undefined, { env }: Io): string {
  const { current, profiles } = readConfig(env)
  return cleanUrl(url ?? env.HOLDPOINT_URL ?? profiles[current]?.url ?? 'http://localhost:3000')
}

/** How a shell calls this program: by its name where that is found, else by where it is. */
function programOf({ env }: Io): string {
  const isFound = (env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'holdpoint'), constants.X_OK)
      return folder !== ''
    } catch {
      return false
    }
  })
  if (isFound) return 'holdpoint'
  return [process.execPath, process.argv[1] ?? '']
    .map((part) => `'${part.replaceAll("'", "'\\''")}'`)
    .join(' ')
}

function diffOf(path: string, before: string, after: string): string {
  return createTwoFilesPatch(path, path, before, after).split('\n').slice(1).join('\n').trimEnd()
}
