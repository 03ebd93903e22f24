import { posix } from 'node:path'
import { importsOf, type Source } from './architecture'

/** What no browser may load: secrets, settings, the database and what serves requests. */
const forServersAlone =
  /^(db\/(?!schema\/)|lib\/(env|tokens|cli|embedded|process|jobs|outbound|wake)\b|lib\/http\/(credential|route)|lib\/sign-in\/(session|auth|setup-code|providers))/
const serverPackages = /^(node:|postgres$|pg$|drizzle-orm|graphile-worker|next\/(headers|server)$|resend$)/

/**
 * What files that the browser loads (`'use client'`, and all that they import but for server actions) take in of what
 * is for servers alone, each as the way there. It stands for `server-only`, which cannot mark these files: our own
 * server, the commands and the tests load them without a bundler, where that package throws.
 */
export function findServerCode(sources: Source[]): string[] {
  const files = new Map(sources.map(({ path, text }) => [path.replace(/\.(tsx?|mjs)$/, ''), text]))
  const found: string[] = []
  for (const [path, text] of files) {
    if (!/^\s*['"]use client['"]/.test(text)) continue
    const from = new Map<string, string | undefined>([[path, undefined]])
    for (const at of from.keys()) {
      const here = files.get(at)
      if (here === undefined || (at !== path && /^\s*['"]use server['"]/.test(here))) continue
      for (const name of valueImports(here)) {
        const ours = oursOf(at, name)
        if (ours === undefined ? serverPackages.test(name) : forServersAlone.test(ours)) {
          found.push([...wayTo(at, from), ours ?? name].join(' → '))
        } else if (ours !== undefined && !from.has(ours)) from.set(ours, at)
      }
    }
  }
  return [...new Set(found)]
}

function wayTo(path: string, from: Map<string, string | undefined>): string[] {
  const before = from.get(path)
  return before === undefined ? [path] : [...wayTo(before, from), path]
}

/** What stays of a file's imports once types are gone. */
function valueImports(text: string): string[] {
  const code = text.replace(/^import\s*\{(\s*type\s+[\w\s]+,?)+\s*\}\s*from.*$/gm, '')
  return importsOf(code).flatMap(({ from, typeOnly }) => (typeOnly ? [] : [from]))
}

function oursOf(path: string, name: string): string | undefined {
  if (name.startsWith('@/')) return name.slice(2)
  return name.startsWith('.') ? posix.join(posix.dirname(path), name) : undefined
}
