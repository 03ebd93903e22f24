/** A value of JSON that holds no other, with its path as a condition would write it. */
export type Leaf = { path: string; value: unknown }

/**
 * The values of a JSON object one by one, in its order; empty lists and objects are values too. A name with a dot in
 * it is not taken for two: `customer.address.city`, `items[0].qty`, `["odd.name"]`.
 */
export function leavesOf(params: Record<string, unknown>): Leaf[] {
  const leaves: Leaf[] = []
  const collect = (path: string, value: unknown) => {
    const members = membersOf(path, value)
    if (members.length === 0) leaves.push({ path, value })
    else for (const [inner, member] of members) collect(inner, member)
  }
  for (const [name, value] of Object.entries(params)) collect(memberPath('', name), value)
  return leaves
}

function membersOf(path: string, value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.map((item, at) => [`${path}[${at}]`, item])
  return Object.entries(value).map(([name, member]) => [memberPath(path, name), member])
}

/** The path of a member of an object, as conditions spell it. */
export function memberPath(path: string, name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return path === '' ? name : `${path}.${name}`
  if (path === '' && /^[\w.:/@+-]+$/.test(name) && !name.includes('.')) return name
  return `${path}[${JSON.stringify(name)}]`
}
