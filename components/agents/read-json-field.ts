import { AppError } from '@/lib/errors'
import { parseStrict, publishedLimits } from '@/lib/json/strict'
import * as say from '@/words/agents/read-json-field'

/** `params` counts as the first container of the 64 that a request may nest. */
const limits = { depth: publishedLimits.depth - 1 }

/**
 * Reads a JSON object out of a form's field, by the rules for request bodies; nothing is an empty object.
 * @throws AppError `malformed_body`, `too_deep`, `too_many_keys` or `invalid_input` with the field as pointer, line and column
 */
export function readJsonField(field: string, text: string): Record<string, unknown> {
  if (text.trim() === '') return {}
  const value = readValue(field, text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  const detail = say.objectExpected
  throw new AppError('invalid_input', detail, { errors: [{ pointer: `/${field}`, detail }] })
}

function readValue(field: string, text: string): unknown {
  try {
    return parseStrict(text, limits).value
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // there the whole is a body, here it is one field
    const errors = (error.errors ?? []).map((issue) => ({
      ...issue,
      pointer: `/${field}`,
      detail: issue.detail.replace('The body', 'The text').replace('of the body', 'of the text'),
    }))
    throw new AppError(error.code, errors[0]?.detail ?? error.message, { errors, cause: error })
  }
}
