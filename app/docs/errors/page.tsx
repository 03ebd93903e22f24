import { Article } from '@/components/docs/article'
import { DocsFrame } from '@/components/docs/docs-frame'
import { guideMetadata } from '@/components/docs/guide-page'
import { ErrorList } from '@/components/docs/error-list'
import { readErrorPages, readErrorsIntroduction } from '@/lib/docs/errors'
import { pages } from '@/lib/paths'
import * as say from '@/words/pages/docs'

const here = pages.docs('errors')

export const generateMetadata = () => guideMetadata(here)

export default function ErrorsPage() {
  return (
    <DocsFrame here={here} title={say.errors}>
      <Article html={readErrorsIntroduction()} />
      <ErrorList errors={readErrorPages()} />
    </DocsFrame>
  )
}
