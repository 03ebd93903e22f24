/** Without one, mail programs lay a page out as those of the nineties. */
const doctype =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">'

/**
 * The HTML of a mail. React renders it at once and not as a stream: a stream of React's begins an asynchronous context,
 * and from the first one on Node 20 and 22 follow every promise of the process, which makes each call of the API cost
 * a tenth more.
 */
export async function renderMail(mail: React.ReactElement): Promise<string> {
  // takes long to load, and no start should wait for it
  const { renderToStaticMarkup } = await import('react-dom/server')
  return doctype + renderToStaticMarkup(mail)
}

/** The same mail as plain text. */
export async function mailToText(html: string): Promise<string> {
  const { toPlainText } = await import('@react-email/render')
  return toPlainText(html, { selectors: [{ selector: 'h1', options: { uppercase: false } }] })
}
