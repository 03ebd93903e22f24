const entities: Record<string, string> = {
  '&quot;': '"',
  '&#x27;': "'",
  '&#39;': "'",
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
}

/**
 * A mail's HTML for a frame of a page whose content security policy takes no style attributes: each becomes a
 * rule of one style sheet that carries the page's nonce. What the mail says stays as it is.
 * @param html of a mail that we wrote
 */
export function previewHtml(html: string, nonce: string): string {
  const rules: string[] = []
  const body = html.replace(/ style="([^"]*)"/g, (_, style: string) => {
    const plain = style.replace(/&(?:quot|#x27|#39|amp|lt|gt);/g, (entity) => entities[entity] ?? entity)
    rules.push(`[data-style="${rules.length}"]{${plain.replace(/[<>{}]/g, '')}}`)
    return ` data-style="${rules.length - 1}"`
  })
  return `<style nonce="${nonce.replace(/[^\w+/=-]/g, '')}">${rules.join('\n')}</style>${body}`
}

/** The nonce that a policy allows styles with. */
export function styleNonce(policy: string | null): string {
  return /style-src[^;]*'nonce-([^']+)'/.exec(policy ?? '')?.[1] ?? ''
}
