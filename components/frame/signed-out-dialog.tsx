import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useState } from 'react'
import type { Me } from '@/lib/keys/schemas'
import { api, pages } from '@/lib/paths'
import * as say from '@/words/frame/signed-out-dialog'
import { buttonClass } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { fetchJson } from './fetch-json'
import { useLive } from './live'
import { SignedOutBar } from './signed-out'

const lookMs = 3000

type SignedOutDialogProps = { project: string; email: string; onBack: () => void }

/** Looks whether somebody is signed in again, and says how one can be. */
export function SignedOutDialog({ project, email, onBack }: SignedOutDialogProps) {
  const [isAside, setIsAside] = useState(false)
  const path = usePathname()
  const query = useSearchParams().toString()
  const router = useRouter()
  const { tell } = useLive()

  useEffect(() => {
    async function look() {
      const me = await fetchJson<Me>(api.me(project)).catch(() => null)
      if (!me) return
      if (me.member?.email !== email) return location.reload()
      onBack()
      tell()
      router.refresh()
    }
    const timer = setInterval(() => void look(), lookMs)
    const onFocus = () => void look()
    window.addEventListener('focus', onFocus)
    return () => {
      clearInterval(timer)
      window.removeEventListener('focus', onFocus)
    }
  }, [email, onBack, project, router, tell])

  const here = pages.signIn({ return_to: query === '' ? path : `${path}?${query}` })
  if (isAside) {
    return (
      <SignedOutBar>
        <a href={here} target="_blank" rel="noreferrer" className="link">
          {say.signIn}
        </a>
      </SignedOutBar>
    )
  }
  return (
    <Dialog
      isOpen
      onClose={() => setIsAside(true)}
      title={say.youWereSignedOut}
      description={say.whatYouTypedIsKept}
    >
      <div className="flex flex-wrap justify-end gap-2">
        <a href={here} className={buttonClass({ variant: 'ghost' })}>
          {say.signInHere}
        </a>
        <a href={here} target="_blank" rel="noreferrer" className={buttonClass({ variant: 'primary' })}>
          {say.signInInANewTab}
        </a>
      </div>
    </Dialog>
  )
}
