/** First parts of addresses that are ours, so that no project may be called so. */
export const reservedSlugs: ReadonlySet<string> = new Set([
  'api',
  'dev',
  'docs',
  'invite',
  'security',
  'setup',
  'sign-in',
  'sign-out',
  'error',
  'not-found',
  'static',
  'public',
  'assets',
  'projects',
  'new',
  'settings',
  'admin',
])

const longest = 48

/** Letters, digits and inner hyphens. */
export const slugPattern = /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/

/** Whether a project may have this slug: letters, digits and inner hyphens, and none of our own addresses. */
export function isFreeSlugShape(slug: string): boolean {
  return slugPattern.test(slug) && !reservedSlugs.has(slug)
}

/**
 * The slugs to try for a project of this name, the plainest first: `acme-refunds`, `acme-refunds-2`, …
 * Reserved ones are left out; a name without a Latin letter or digit becomes `project`.
 */
export function* slugsFor(name: string): Generator<string> {
  const base = slugOf(name) || 'project'
  for (let n = 1; ; n++) {
    const slug = n === 1 ? base : `${base}-${n}`
    if (isFreeSlugShape(slug)) yield slug
  }
}

/** A name as a slug, `acme-refunds`; empty where it has neither a Latin letter nor a digit. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '')
}
