import { ApiViewer } from '@/components/docs/api-viewer'
import { Article } from '@/components/docs/article'
import { DocsFrame } from '@/components/docs/docs-frame'
import { guideMetadata } from '@/components/docs/guide-page'
import { readDocument } from '@/lib/docs/read'
import { api, pages } from '@/lib/paths'
import * as say from '@/words/pages/docs'
import './reference.css'

const here = pages.docs('reference')

export const generateMetadata = () => guideMetadata(here)

export default function ReferencePage() {
  const { title, html } = readDocument('docs/reference.md')
  return (
    <DocsFrame here={here} title={title} isWide>
      <div className="max-w-[46rem]">
        <Article html={html} />
      </div>
      <section aria-label={say.calls} className="mt-10">
        <ApiViewer url={api.document()} />
      </section>
    </DocsFrame>
  )
}
