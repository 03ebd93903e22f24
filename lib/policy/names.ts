import { isScalar } from 'yaml'
import { agentNamePattern } from '../ids'
import { pointerTo } from './report'
import { written, type Read } from './setting'

const roles = ['role:reviewer', 'role:admin', 'role:owner']

/** Whether a name is an address, so that it stands for one person at most. */
export function isAddress(name: string): boolean {
  return name.includes('@')
}

/** Reads a name that stands for people: a group's slug, an e-mail address, `role:…`, `agent:owners`. */
export const readPeople: Read<string> = (node, path, at, report) => {
  const value = isScalar(node) && typeof node.value === 'string' ? node.value : ''
  const name = isAddress(value) ? value.toLowerCase() : value
  const isKnown =
    name === 'agent:owners' ||
    roles.includes(name) ||
    (isAddress(name)
      ? name.length <= 254 && /^[^\s@\p{Cc}\p{Surrogate}]+@[^\s@\p{Cc}\p{Surrogate}]+$/u.test(name)
      : agentNamePattern.test(name))
  if (isKnown) {
    if (!report.people.has(name)) report.people.set(name, at)
    return name
  }
  const detail = name.startsWith('role:')
    ? `roles are ${roles.map((role) => `\`${role}\``).join(', ')}, not ${written(node)}`
    : `a name is a group (lower case letters, digits, inner hyphens), an e-mail address, \`role:reviewer\` or the like, or \`agent:owners\`, not ${written(node)}`
  report.error(pointerTo(...path), at, detail)
  return undefined
}

/** The same for who owns an agent, which `agent:owners` cannot say. */
export const readOwner: Read<string> = (node, path, at, report) => {
  const name = readPeople(node, path, at, report)
  if (name !== 'agent:owners') return name
  report.error(pointerTo(...path), at, 'owners says who `agent:owners` are, so it cannot name them')
  return undefined
}
