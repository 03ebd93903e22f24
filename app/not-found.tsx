import type { Metadata } from 'next'
import { buttonClass } from '@/components/ui/button'
import { Centered } from '@/components/ui/centered'
import { pages } from '@/lib/paths'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <Centered title="There is nothing here for you">
      <p>
        The address is wrong, or it belongs to a project that you are not a member of. Both look the same from
        here.
      </p>
      {/* Every page carries what this one needs, and a whole page comes next: no Link. */}
      <a href={pages.start()} className={buttonClass()}>
        Go to your project
      </a>
    </Centered>
  )
}
