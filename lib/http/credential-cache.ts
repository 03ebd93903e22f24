import { setBounded } from '@/lib/bounded-map'
import type { Credential, Found } from './credential'

const mostKept = 10_000
const rememberedKey = Symbol.for('holdpoint.remembered')
const scope = globalThis as { [rememberedKey]?: Map<string, Found> }

function remembered(): Map<string, Found> {
  return (scope[rememberedKey] ??= new Map())
}

/** A session opens each of its person's projects, and without a project's name only for as long as there is one. */
function nameOf(credential: Credential): string | undefined {
  if (credential.kind === 'bearer') return credential.hash
  return credential.projectSlug === undefined ? undefined : `${credential.hash} ${credential.projectSlug}`
}

/**
 * Whose a token or a session was when it was last looked up: enough to begin with, never a right. What is done with
 * it proves it anew in its own statement.
 */
export function recall(credential: Credential): Found | undefined {
  return remembered().get(nameOf(credential) ?? '')
}

export function remember(credential: Credential, found: Found): void {
  const name = nameOf(credential)
  if (name !== undefined) setBounded(remembered(), name, found, mostKept)
}

export function forget(credential: Credential): void {
  remembered().delete(nameOf(credential) ?? '')
}
