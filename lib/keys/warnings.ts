import type { Scope } from '@/lib/context'

/** What is taken and may not be wise. */
export type KeyWarning = { code: 'run_and_deploy'; message: string }

const runAndDeploy: KeyWarning = {
  code: 'run_and_deploy',
  message:
    'An agent that holds a key with both run and deploy can loosen the very policy that holds its calls. ' +
    'Give the agent a key with run alone, and deploy with another key or as a person.',
}

/** What to warn of about a key with these scopes. */
export function keyWarnings(scopes: readonly Scope[]): KeyWarning[] {
  return scopes.includes('run') && scopes.includes('deploy') ? [runAndDeploy] : []
}
