/** A text of ours; undefined is what is not there. */
export function plainText(text: string | undefined, type = 'text/plain'): Response {
  const headers = { 'Content-Type': `${type}; charset=utf-8` }
  return text === undefined
    ? new Response('There is no such page.\n', { status: 404, headers: { 'Content-Type': 'text/plain' } })
    : new Response(text, { headers })
}
