import { setBounded } from '@/lib/bounded-map'
import type { Credential, Found } from './credential'

const mostKept = 10_000
const rememberedKey = Symbol.for('holdpoint.remembered')
const scope = globalThis as { [rememberedKey]?: Map<string, Found> }

function remembered(): Map<string, Found> {
  return (scope[rememberedKey] ??= new Map())
}

/**
 * Whose a bearer token was when it was last looked up: enough to begin with, never a right. What is done with
 * it proves it anew in its own statement.
 */
export function recall(credential: Credential): Found | undefined {
  return credential.kind === 'bearer' ? remembered().get(credential.hash) : undefined
}

export function remember(credential: Credential, found: Found): void {
  if (credential.kind === 'bearer') setBounded(remembered(), credential.hash, found, mostKept)
}

export function forget(credential: Credential): void {
  remembered().delete(credential.hash)
}
