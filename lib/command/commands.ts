import type { Command } from './command'

/** A command as the list of all has it; the rest of it is loaded when it is called. */
export type Listed = { name: string; summary: string; load: () => Promise<Command> }

/** All commands, in the order of the help. */
export const commands: Listed[] = [
  {
    name: 'login',
    summary: 'keep the address of a Holdpoint and a credential for it',
    load: async () => (await import('./login')).login,
  },
  {
    name: 'whoami',
    summary: 'say whose credential this is, and of which project',
    load: async () => (await import('./whoami')).whoami,
  },
  {
    name: 'list',
    summary: 'list held calls and what became of them',
    load: async () => (await import('./list')).list,
  },
  {
    name: 'show',
    summary: 'show one held call in full',
    load: async () => (await import('./show')).show,
  },
  {
    name: 'approve',
    summary: 'let held calls run',
    load: async () => (await import('./decide')).approve,
  },
  {
    name: 'reject',
    summary: 'refuse held calls',
    load: async () => (await import('./decide')).reject,
  },
  {
    name: 'watch',
    summary: 'decide at the terminal on what is held, as it comes',
    load: async () => (await import('./watch')).watch,
  },
  {
    name: 'deploy',
    summary: 'put agents’ files in force',
    load: async () => (await import('./deploy')).deploy,
  },
  {
    name: 'check',
    summary: 'test policies, without a server',
    load: async () => (await import('./check')).check,
  },
  {
    name: 'run',
    summary: 'gate any program: ask, wait, run it once, record its result',
    load: async () => (await import('./run')).run,
  },
  {
    name: 'work',
    summary: 'wake parked runs when they are decided on',
    load: async () => (await import('./work')).work,
  },
  {
    name: 'audit tail',
    summary: 'show the end of the audit log, and go on with it',
    load: async () => (await import('./audit')).auditTail,
  },
  {
    name: 'audit verify',
    summary: 'check the audit log, of the server or of an export',
    load: async () => (await import('./audit')).auditVerify,
  },
  {
    name: 'mcp',
    summary: 'be an MCP server: for an agent to ask, for a person to decide',
    load: async () => (await import('./mcp/serve')).mcpServer,
  },
  {
    name: 'mcp proxy',
    summary: 'stand between an MCP client and its servers',
    load: async () => (await import('./mcp/proxy')).mcpProxy,
  },
  {
    name: 'hook',
    summary: 'answer a hook of a coding agent',
    load: async () => (await import('./hooks/hook')).hook,
  },
  {
    name: 'install',
    summary: 'gate the tools of a coding agent',
    load: async () => (await import('./hooks/install')).install,
  },
  {
    name: 'uninstall',
    summary: 'take that back',
    load: async () => (await import('./hooks/uninstall')).uninstall,
  },
  {
    name: 'doctor',
    summary: 'prove that what is gated stays closed',
    load: async () => (await import('./hooks/doctor')).doctor,
  },
  {
    name: 'completion',
    summary: 'complete commands and options in a shell',
    load: async () => (await import('./completion')).completion,
  },
]
