import { homedir } from 'node:os'
import { join } from 'node:path'
import type { DialectName, JsonObject } from '@/lib/hooks/dialects/dialect'

type Env = Record<string, string | undefined>

/** What the settings are written for. */
export type Wanted = {
  /** How the command is called, as a shell takes it: `holdpoint`. */
  program: string
  /** Options behind `hook NAME`, each as a shell takes it. */
  options: string[]
  /** Seconds for which a hook may take its time; more than it takes by itself. */
  timeoutSeconds: number
  /** Where Holdpoint is, for a hook that is an HTTP request and no program. */
  http: string | undefined
  /** What such a request says beside. */
  query: URLSearchParams
}

/** One place in a file of settings, and what is to stand there: the last member of the path is a list. */
export type Entry = { path: string[]; value: JsonObject }

/** How a coding agent's hooks are set up. */
export type Settings = {
  /** The file, of the person or of a project. */
  file(env: Env, project: string | undefined): string
  /** What a file that is not there, or is empty, begins as. */
  begin: JsonObject
  entries(wanted: Wanted): Entry[]
  /** Members without which the hook would let through what it cannot ask about, by their path in an entry of `before`. */
  closedBy: JsonObject
  /** What the person still has to do. */
  then?: string
  isHttp?: true
}

const resultSeconds = 60

const homeOf = (env: Env) => env.HOME || homedir()

/**
 * The call of the hook in a shell. Whatever ends it without an answer, be it that the program is not there or that it was
 * killed, ends with 2 and words on stderr, which every coding agent takes as a no; Codex takes 2 without words as a yes.
 */
function shell(name: DialectName, { program, options }: Wanted): string {
  const call = [program, 'hook', name, ...options].join(' ')
  return `${call} || { echo "Holdpoint's hook ended without an answer, so the tool does not run." >&2; exit 2; }`
}

const result = (name: DialectName, { program, options }: Wanted) =>
  [program, 'hook', name, ...options].join(' ')

/** A list of hooks for all tools, as Claude Code and Codex have it. */
function group(hook: JsonObject): JsonObject {
  return { matcher: '*', hooks: [hook] }
}

export const settings: Record<DialectName, Settings> = {
  // code.claude.com/docs/en/settings, "Settings files"; code.claude.com/docs/en/hooks, "Hook handler fields": what fails or
  // takes too long lets the tool run, but for `onFailure`, which 2.1.295 brought
  'claude-code': {
    file: (env, project) =>
      project === undefined
        ? join(env.CLAUDE_CONFIG_DIR || join(homeOf(env), '.claude'), 'settings.json')
        : join(project, '.claude', 'settings.json'),
    begin: {},
    entries: (wanted) => {
      const { timeoutSeconds: timeout, http } = wanted
      const asks = {
        ...(http === undefined
          ? { type: 'command', command: shell('claude-code', wanted) }
          : request(http, wanted.query)),
        timeout,
        onFailure: 'block',
        statusMessage: 'Asking Holdpoint',
      }
      const tells = {
        ...(http === undefined
          ? { type: 'command', command: result('claude-code', wanted) }
          : request(http, wanted.query)),
        timeout: resultSeconds,
      }
      return [
        { path: ['hooks', 'PreToolUse'], value: group(asks) },
        { path: ['hooks', 'PostToolUse'], value: group(tells) },
        { path: ['hooks', 'PostToolUseFailure'], value: group(tells) },
      ]
    },
    closedBy: { onFailure: 'block' },
    isHttp: true,
  },

  // developers.openai.com/codex/hooks, "Where Codex looks for hooks", "Review and trust hooks"
  codex: {
    file: (env, project) =>
      project === undefined
        ? join(env.CODEX_HOME || join(homeOf(env), '.codex'), 'hooks.json')
        : join(project, '.codex', 'hooks.json'),
    begin: { hooks: {} },
    entries: (wanted) => [
      {
        path: ['hooks', 'PreToolUse'],
        value: group({
          type: 'command',
          command: shell('codex', wanted),
          timeout: wanted.timeoutSeconds,
          statusMessage: 'Asking Holdpoint',
        }),
      },
      {
        path: ['hooks', 'PostToolUse'],
        value: group({ type: 'command', command: result('codex', wanted), timeout: resultSeconds }),
      },
    ],
    closedBy: {},
    then: 'Codex runs a hook only after you have trusted it, and again after each change: start codex, call /hooks and trust both. Until then it runs tools without asking.',
  },

  // cursor.com/docs/hooks, "Configuration": `failClosed`
  cursor: {
    file: (env, project) =>
      project === undefined
        ? join(homeOf(env), '.cursor', 'hooks.json')
        : join(project, '.cursor', 'hooks.json'),
    begin: { version: 1, hooks: {} },
    entries: (wanted) => [
      {
        path: ['hooks', 'preToolUse'],
        value: { command: shell('cursor', wanted), timeout: wanted.timeoutSeconds, failClosed: true },
      },
      {
        path: ['hooks', 'postToolUse'],
        value: { command: result('cursor', wanted), timeout: resultSeconds },
      },
      {
        path: ['hooks', 'postToolUseFailure'],
        value: { command: result('cursor', wanted), timeout: resultSeconds },
      },
    ],
    closedBy: { failClosed: true },
  },

  // docs.github.com/en/copilot/reference/hooks-reference, "Hooks locations": a file of our own in a folder of them
  copilot: {
    file: (env, project) =>
      project === undefined
        ? join(env.COPILOT_HOME || join(homeOf(env), '.copilot'), 'hooks', 'holdpoint.json')
        : join(project, '.github', 'hooks', 'holdpoint.json'),
    begin: { version: 1, hooks: {} },
    entries: (wanted) => [
      {
        path: ['hooks', 'PreToolUse'],
        value: { type: 'command', bash: shell('copilot', wanted), timeoutSec: wanted.timeoutSeconds },
      },
      {
        path: ['hooks', 'PostToolUse'],
        value: { type: 'command', bash: result('copilot', wanted), timeoutSec: resultSeconds },
      },
      {
        path: ['hooks', 'PostToolUseFailure'],
        value: { type: 'command', bash: result('copilot', wanted), timeoutSec: resultSeconds },
      },
    ],
    closedBy: {},
  },
}

// code.claude.com/docs/en/hooks, "HTTP hook fields": a variable is filled in where `allowedEnvVars` names it
function request(address: string, query: URLSearchParams): JsonObject {
  return {
    type: 'http',
    url: `${address}/api/hooks/claude${query.size > 0 ? `?${query}` : ''}`,
    headers: { Authorization: 'Bearer $HOLDPOINT_KEY' },
    allowedEnvVars: ['HOLDPOINT_KEY'],
  }
}
