/** Where links to a project's pages begin. */
export type LinkBase = { appUrl: string; projectSlug: string }

/** Where links to the project's pages begin. */
export function linkBase(ctx: { appUrl: string; project: { slug: string } }): LinkBase {
  return { appUrl: ctx.appUrl, projectSlug: ctx.project.slug }
}

type Query = Record<string, string | number | undefined>
type Paged = { cursor?: string | undefined }

/** A path with its query; what has no value is left out. */
function withQuery(path: string, query?: Query): string {
  if (query === undefined) return path
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}

const part = encodeURIComponent

/** The places of a project's settings. */
export type SettingsPlace = 'members' | 'people' | 'keys' | 'notifications' | 'webhooks' | 'project'

/** The places of a project. */
export type Place = 'approvals' | 'runs' | 'agents' | 'audit' | 'settings'

/** Every page's path on this server; a whole address is `appUrl` with one of these behind it. */
export const pages = {
  start: () => '/',
  signIn: (query?: { return_to?: string; error?: string }) => withQuery('/sign-in', query),
  confirmSignIn: (query: { token: string; return_to?: string | undefined }) =>
    withQuery('/sign-in/confirm', query),
  setup: (code?: string) => withQuery('/setup', { code }),
  device: (query?: { code?: string; done?: 'allowed' | 'denied' }) => withQuery('/device', query),
  invitation: (token: string) => `/invite/${part(token)}`,
  keptMails: (mail?: string) => withQuery('/dev/mail', { mail }),
  security: () => '/security',
  allText: () => '/llms-full.txt',
  docs: (guide?: string) => (guide === undefined ? '/docs' : `/docs/${part(guide)}`),
  errorCode: (code: string) => `${pages.docs('errors')}/${part(code)}`,

  place: (project: string, place: Place) => `/${part(project)}/${place}`,
  approvals: (
    project: string,
    query?: Partial<
      Record<
        | 'approval'
        | 'status'
        | 'agent'
        | 'tool'
        | 'q'
        | 'sort'
        | 'rule'
        | 'due'
        | 'mine'
        | 'run'
        | 'group'
        | 'snoozed'
        | 'cue',
        string
      >
    >,
  ) => withQuery(pages.place(project, 'approvals'), query),
  approval: (project: string, approval: string, query?: Query) =>
    withQuery(`${pages.approvals(project)}/${part(approval)}`, query),
  runs: (project: string, query?: Partial<Record<'status' | 'agent' | 'tool' | 'q' | 'since', string>>) =>
    withQuery(pages.place(project, 'runs'), query),
  /** Open at one of its steps where that is given: by its id, or the caller's id of its call. */
  run: (project: string, run: string, step?: string) =>
    `${pages.runs(project)}/${part(run)}${step === undefined ? '' : `#${part(step)}`}`,
  agents: (project: string, query?: Paged) => withQuery(pages.place(project, 'agents'), query),
  /** Of one version where it is given, else of the version in force. */
  agent: (project: string, name: string, version?: number) =>
    withQuery(`${pages.agents(project)}/${part(name)}`, { version }),
  /** An agent may be called `new`, hence the query. */
  newAgent: (project: string) => `${pages.agents(project)}/new?form`,
  /** From a project of which one is an owner or admin. */
  newProject: (project: string) => `/${part(project)}/new-project`,
  audit: (
    project: string,
    query?: Partial<Record<'action' | 'actor' | 'target' | 'since' | 'until', string>>,
  ) => withQuery(pages.place(project, 'audit'), query),
  settings: (project: string, place: SettingsPlace, query?: Paged) =>
    withQuery(`${pages.place(project, 'settings')}/${place}`, query),
  webhook: (project: string, webhook: string) => `${pages.settings(project, 'webhooks')}/${part(webhook)}`,
}

/** What the console's pages read and send to in the API. */
export const api = {
  document: () => '/api/openapi.json',
  approvals: (project: string, query?: Query) => withQuery('/api/approvals', { project, ...query }),
  countApprovals: (project: string, query?: Query) =>
    withQuery('/api/approvals/count', { project, ...query }),
  digests: (project: string, query?: Query) => withQuery('/api/approvals/digests', { project, ...query }),
  approval: (project: string, id: string) => withQuery(`/api/approvals/${part(id)}`, { project }),
  approvalContext: (project: string, id: string) =>
    withQuery(`/api/approvals/${part(id)}/context`, { project }),
  me: (project: string) => withQuery('/api/me', { project }),
  lookForCues: (project: string) => withQuery('/api/approvals/cues', { project }),
  snoozes: (project: string) => withQuery('/api/snoozes', { project }),
  stream: (project: string, events: string) => withQuery('/api/approvals/stream', { project, events }),
  runs: (project: string, query?: Query) => withQuery('/api/runs', { project, ...query }),
  run: (project: string, id: string, query?: Query) =>
    withQuery(`/api/runs/${part(id)}`, { project, ...query }),
  toolCall: (project: string, run: string, call: string) =>
    withQuery(`/api/runs/${part(run)}/tool-calls/${part(call)}`, { project }),
  step: (project: string, run: string, step: string) =>
    withQuery(`/api/runs/${part(run)}/steps/${part(step)}`, { project }),
  agents: (project: string, query?: Query) => withQuery('/api/agents', { project, ...query }),
  check: (project: string, agent: string) => withQuery(`/api/agents/${part(agent)}/check`, { project }),
  audit: (project: string, query?: Query) => withQuery('/api/audit', { project, ...query }),
  verifyAudit: (project: string) => withQuery('/api/audit/verify', { project }),
  exportAudit: (project: string, format: 'ndjson' | 'csv') =>
    withQuery('/api/audit/export', { project, format }),
  notices: (project: string, query?: Query) => withQuery('/api/notices', { project, ...query }),
  members: (project: string, query?: Query) => withQuery('/api/members', { project, ...query }),
  comments: (project: string, approval: string) =>
    withQuery(`/api/approvals/${part(approval)}/comments`, { project }),
  timeline: (project: string, approval: string) =>
    withQuery(`/api/approvals/${part(approval)}/timeline`, { project }),
  deliveries: (project: string, webhook: string, query?: Query) =>
    withQuery(`/api/webhooks/${part(webhook)}/deliveries`, { project, ...query }),
}

/** The page that a mail, a card or an answer links to. */
export function approvalUrl({ appUrl, projectSlug }: LinkBase, id: string): string {
  // Written out, for it is made with every answer about an approval.
  return `${appUrl}${pages.approvals(projectSlug)}?approval=${part(id)}`
}
