import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { installApart } from '@/examples/install-apart.mjs'

/**
 * The address of `@openai/agents`, with the other frameworks that the adapters are tested with, which are installed
 * where they are missing.
 * @throws Error with what npm said where that fails
 */
export function installAgentsSdk(): string {
  const place = installApart('agents', 'the frameworks')
  return pathToFileURL(join(place, 'node_modules', '@openai', 'agents', 'dist', 'index.mjs')).href
}
