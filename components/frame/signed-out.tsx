'use client'

import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useState } from 'react'
import type { Me } from '@/lib/keys/schemas'
import { api, pages } from '@/lib/paths'
import * as say from '@/words/frame/signed-out'
import { buttonClass } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { fetchJson } from './fetch-json'
import { useLive } from './live'

const event = 'holdpoint:signed-out'
const lookMs = 3000

/** Tells the page that the server knows its session no more. */
export function tellSignedOut(): void {
  window.dispatchEvent(new Event(event))
}

/**
 * Where the session has ended, a dialog over the page, which stays as it is with all that was typed. It goes by itself
 * once the same person is signed in again, here or in another tab; for anybody else the page is loaded anew.
 */
export function SignedOut({ project, email }: { project: string; email: string }) {
  const [isOut, setIsOut] = useState(false)
  const [isAside, setIsAside] = useState(false)
  const path = usePathname()
  const query = useSearchParams().toString()
  const router = useRouter()
  const { tell } = useLive()

  useEffect(() => {
    const out = () => setIsOut(true)
    window.addEventListener(event, out)
    return () => window.removeEventListener(event, out)
  }, [])

  useEffect(() => {
    if (!isOut) return
    async function look() {
      const me = await fetchJson<Me>(api.me(project)).catch(() => null)
      if (!me) return
      if (me.member?.email !== email) return location.reload()
      setIsOut(false)
      setIsAside(false)
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
  }, [email, isOut, project, router, tell])

  const here = pages.signIn({ return_to: query === '' ? path : `${path}?${query}` })
  if (isOut && isAside) {
    return (
      <output className="fixed inset-x-0 top-14 z-50 mx-auto flex w-fit items-center gap-2 rounded-md border border-warn/30 bg-warn-soft px-3.5 py-2 text-sm text-ink shadow-over md:top-3">
        {say.youAreSignedOut}
        <a href={here} target="_blank" rel="noreferrer" className="link">
          {say.signIn}
        </a>
      </output>
    )
  }
  return (
    <Dialog
      isOpen={isOut}
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
