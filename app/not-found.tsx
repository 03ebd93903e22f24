import type { Metadata } from 'next'
import { buttonClass } from '@/components/ui/button'
import { Centered } from '@/components/ui/centered'
import { pages } from '@/lib/paths'
import * as say from '@/words/pages/start'

export const metadata: Metadata = { title: say.notFound }

export default function NotFound() {
  return (
    <Centered title={say.nothingHereForYou}>
      <p>{say.addressIsWrong}</p>
      {/* Every page carries what this one needs, and a whole page comes next: no Link. */}
      <a href={pages.start()} className={buttonClass()}>
        {say.goToYourProject}
      </a>
    </Centered>
  )
}
