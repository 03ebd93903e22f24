'use client'

import { useEffect, useState } from 'react'
import * as say from '@/words/frame/steady-pages'
import { Icon } from '../ui/icon'
import { steadyFetch } from './steady-fetch'

/** Keeps the page where the next one cannot be fetched, says so, and goes there once the server answers. */
export function SteadyPages() {
  const [isTrying, setIsTrying] = useState(false)

  useEffect(() => {
    const plain = window.fetch
    window.fetch = steadyFetch(plain.bind(window), setIsTrying)
    return () => {
      window.fetch = plain
    }
  }, [])

  return (
    <output className="pointer-events-none fixed inset-x-0 top-14 z-50 flex justify-center px-4 md:top-3">
      {isTrying && (
        <span className="flex items-center gap-2 rounded-md border border-warn/30 bg-warn-soft px-3.5 py-2 text-sm text-ink shadow-over">
          <Icon name="warning" className="text-warn" />
          {say.tryingAgain}
        </span>
      )}
    </output>
  )
}
