'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import * as say from '@/words/ui/leave-guard'
import { Button } from './button'
import { Dialog } from './dialog'

type LeaveGuardProps = {
  /** Whether there is something to lose. */
  isDirty: boolean
  /** What happens to it: one sentence. */
  children: string
  onDiscard: () => void
}

/** Asks before a link of the page, or the browser, leaves what somebody has written and not sent. */
export function LeaveGuard({ isDirty, children, onDiscard }: LeaveGuardProps) {
  const router = useRouter()
  const [href, setHref] = useState<string | null>(null)

  useEffect(() => {
    if (!isDirty) return
    const onClick = (event: MouseEvent) => {
      const path = leadsAway(event)
      if (path === null) return
      event.preventDefault()
      event.stopPropagation()
      setHref(path)
    }
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault()
    // before React, whose own listener follows the link
    window.addEventListener('click', onClick, { capture: true })
    window.addEventListener('beforeunload', onUnload)
    return () => {
      window.removeEventListener('click', onClick, { capture: true })
      window.removeEventListener('beforeunload', onUnload)
    }
  }, [isDirty])

  function leave() {
    if (href !== null) router.push(href)
    setHref(null)
  }

  return (
    <Dialog
      isOpen={href !== null}
      onClose={() => setHref(null)}
      title={say.leaveThisPage}
      description={children}
    >
      <div className="flex flex-wrap justify-end gap-2">
        <Button
          variant="danger-quiet"
          onClick={() => {
            onDiscard()
            leave()
          }}
        >
          {say.discardAndLeave}
        </Button>
        <Button onClick={leave}>{say.leaveButKeep}</Button>
        <Button variant="primary" onClick={() => setHref(null)}>
          {say.stay}
        </Button>
      </div>
    </Dialog>
  )
}

/** Where an ordinary press on a link leads, if that is another page of ours in this tab. */
function leadsAway(event: MouseEvent): string | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link || link.target === '_blank' || link.hasAttribute('download')) return null
  const { origin, pathname, search, hash } = new URL(link.href, location.href)
  if (origin !== location.origin) return null
  return pathname === location.pathname && search === location.search ? null : pathname + search + hash
}
