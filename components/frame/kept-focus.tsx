'use client'

import { useEffect } from 'react'
import { isComingBack } from '../ui/coming-back'
import { focusOnceDrawn } from '../ui/focus-once-drawn'
import { keepHere, keptHere } from '../ui/kept-here'

const links = () => document.querySelectorAll<HTMLElement>('#main a[href]')
const addressOf = (link: Element) => link.getAttribute('href')

/** Whoever goes back finds the focus on the link that they left by. */
export function KeptFocus() {
  useEffect(() => {
    const note = ({ target }: MouseEvent) => {
      const link = target instanceof Element && target.closest('#main a[href]')
      // The desk has a row of its own for it.
      if (link) keepHere('left', link.matches('[data-row-link]') ? undefined : addressOf(link))
    }
    const giveBack = () => {
      const left = keptHere('left')
      if (left !== undefined) focusOnceDrawn(() => [...links()].find((link) => addressOf(link) === left))
    }
    if (isComingBack()) giveBack()
    document.addEventListener('click', note, true)
    addEventListener('popstate', giveBack)
    return () => {
      document.removeEventListener('click', note, true)
      removeEventListener('popstate', giveBack)
    }
  }, [])
  return null
}
