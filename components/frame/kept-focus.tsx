'use client'

import { useEffect } from 'react'
import { focusOnceDrawn } from '../ui/focus-once-drawn'
import { keepHere, keptHere } from '../ui/kept-here'

const links = () => document.querySelectorAll<HTMLElement>('#main a[href]')
const addressOf = (link: Element) => link.getAttribute('href')

/** Whoever goes back finds the focus on the link that they left by. */
export function KeptFocus() {
  useEffect(() => {
    const note = ({ target }: MouseEvent) => {
      const link = target instanceof Element && target.closest('#main a[href]')
      if (link) keepHere('left', addressOf(link))
    }
    const giveBack = () => {
      const left = keptHere('left')
      if (left !== undefined) focusOnceDrawn(() => [...links()].find((link) => addressOf(link) === left))
    }
    document.addEventListener('click', note, true)
    addEventListener('popstate', giveBack)
    return () => {
      document.removeEventListener('click', note, true)
      removeEventListener('popstate', giveBack)
    }
  }, [])
  return null
}
