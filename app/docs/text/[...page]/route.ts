import { pageText } from '@/lib/docs/text'
import { settings } from '@/lib/env'
import { plainText } from '@/lib/http/plain-text'
import { pages } from '@/lib/paths'

type Props = { params: Promise<{ page: string[] }> }

/** Where next.config.mjs leads the addresses of pages with `.md`. */
export async function GET(_: Request, { params }: Props) {
  const page = (await params).page.join('/').replaceAll('%2F', '/')
  const path =
    page === 'index' ? pages.docs() : page === 'security' ? pages.security() : `${pages.docs()}/${page}`
  return plainText(pageText(path, settings().appUrl), 'text/markdown')
}
