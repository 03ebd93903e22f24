import type { z } from 'zod'
import { AppError, type InputIssue } from '@/lib/errors'

/** RFC 6901. */
function pointerOf(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')
}

/** What zod refused, as `unknown_field` or `invalid_input`, each fault with its pointer. */
export function inputError(error: z.ZodError): AppError {
  const unknown: InputIssue[] = []
  const wrong: InputIssue[] = []
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        unknown.push({
          pointer: pointerOf([...issue.path, key]),
          detail: 'This field is not known here; leave it out.',
        })
      }
    } else wrong.push({ pointer: pointerOf(issue.path), detail: issue.message })
  }
  const errors = [...unknown, ...wrong]
  const first = errors[0]
  const where = first?.pointer ? ` (${first.pointer})` : ''
  return unknown.length > 0
    ? new AppError('unknown_field', `Unknown field${where}; nothing was done.`, { errors })
    : new AppError('invalid_input', `${first?.detail ?? 'The input is not valid.'}${where}`, { errors })
}
