import { AppError } from '@/lib/errors'
import { callerIdPattern, callerIdWords } from '@/lib/ids'

/**
 * The caller's id of a call: the body's `tool_call_id`, or where that is missing the header `Idempotency-Key`, plain or
 * in quotes as draft-ietf-httpapi-idempotency-key-header writes it.
 * @throws AppError `invalid_id` for a header that is no id, or another than the body's
 */
export function callIdOf(inBody: string | undefined, request: Request): string | undefined {
  const header = request.headers.get('idempotency-key')
  if (header === null) return inBody
  const key = unquoted(header)
  if (!callerIdPattern.test(key)) throw wrong(`Idempotency-Key is an id of a call: ${callerIdWords}.`)
  if (inBody === undefined || inBody === key) return key
  throw wrong(
    `Idempotency-Key is ${key} and tool_call_id is ${inBody}; both are the id of the call: send the same, or one of them.`,
  )
}

/** A string of RFC 9651 without its quotes and escapes; anything else as it is. */
function unquoted(text: string): string {
  return /^"(?:[^"\\]|\\["\\])*"$/.test(text) ? text.slice(1, -1).replace(/\\(["\\])/g, '$1') : text
}

function wrong(detail: string): AppError {
  return new AppError('invalid_id', detail, { errors: [{ pointer: '/tool_call_id', detail }] })
}
