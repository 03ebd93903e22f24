/** A call of the API to try. */
type Try = {
  method?: 'POST' | 'PUT'
  /** Below `/api`. */
  path: string
  /** The token, or the name of the variable that holds it, such as `$HOLDPOINT_KEY`. */
  token: string
  json?: object
  /** A text in YAML, or `@` and the file that holds it. */
  yaml?: string
}

/**
 * A call of the API as a person pastes it into a shell. Nothing in it may hold a single quote.
 * @param appUrl where Holdpoint is
 */
export function curl(appUrl: string, { method, path, token, json, yaml }: Try): string {
  const quote = token.startsWith('$') ? '"' : "'"
  const lines = [
    `curl ${method ? `-X ${method} ` : ''}${appUrl}/api${path}`,
    `-H ${quote}Authorization: Bearer ${token}${quote}`,
  ]
  if (json) lines.push(`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(json)}'`)
  if (yaml !== undefined) {
    const data = yaml.startsWith('@') ? yaml : `'${yaml}'`
    lines.push(`-H 'Content-Type: application/yaml'`, `--data-binary ${data}`)
  }
  return lines.join(' \\\n  ')
}

/** What the sample agent asks a person for: the first call that anybody makes. */
export const firstAsk = {
  agent: 'order-manager',
  tool: 'order_tools.process_refund',
  params: { order_id: 'ORD-2001', amount: 2400 },
  tool_call_id: 'call-1',
}

/** A policy that gates it. */
export const firstPolicy = `approval:
  tools:
    - order_tools.process_refund: param.amount > 1000`

/** The call that makes the first approval. */
export const askCommand = (appUrl: string, token: string, agent: string = firstAsk.agent) =>
  curl(appUrl, { method: 'POST', path: '/approvals', token, json: { ...firstAsk, agent } })

/** The call that makes the first agent. */
export const deployCommand = (appUrl: string, token: string, yaml = firstPolicy) =>
  curl(appUrl, { method: 'PUT', path: `/agents/${firstAsk.agent}`, token, yaml })

/**
 * A call that a new key may make, and that is answered with success as it stands.
 * @param agent one that the project has; undefined where it has none
 */
export function tryCommand(
  appUrl: string,
  { token, kind, scopes }: { token: string; kind: 'agent' | 'personal'; scopes: readonly string[] },
  agent: string | undefined,
): string {
  if (kind === 'personal' || scopes.includes('read')) return curl(appUrl, { path: '/approvals', token })
  if (!scopes.includes('run')) return deployCommand(appUrl, token)
  if (agent !== undefined) return askCommand(appUrl, token, agent)
  return curl(appUrl, { path: '/me', token })
}
