'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState, useTransition } from 'react'
import { pages } from '@/lib/paths'
import { given, type QueueFilter } from './filter'

type Fields = { [K in keyof QueueFilter]?: string | undefined }

/** A pause in typing after which what was typed is looked for. */
const pauseMs = 400

/**
 * What stands in the fields of the filters, and when it is looked for: a choice at once, what is typed after a pause,
 * what is only written when it is sent. The address has it; what is being typed outlives a change of that.
 * @param whole what is looked for where no field says anything
 */
export function useFilterFields(project: string, filter: QueueFilter, whole: QueueFilter) {
  const router = useRouter()
  const [isGoing, startTransition] = useTransition()
  const [fields, setFields] = useState<Fields>(filter)
  const [isTyping, setTyping] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const address = pages.approvals(project, filter)
  const [seen, setSeen] = useState(address)
  // What is still being typed outlives what was looked for before it.
  if (seen !== address) {
    setSeen(address)
    if (!isTyping) setFields(filter)
  }

  /** What was being typed is no longer looked for where a link leads elsewhere. */
  function leave() {
    clearTimeout(timer.current)
    setTyping(false)
  }
  function go(next: Fields) {
    leave()
    const asked = given(next)
    const to = Object.keys(asked).length === 0 ? whole : asked
    startTransition(() => router.replace(pages.approvals(project, to), { scroll: false }))
  }
  function choose(name: keyof QueueFilter, value: string) {
    const next = { ...fields, [name]: value }
    setFields(next)
    go(next)
  }
  function write(name: keyof QueueFilter, value: string): Fields {
    const next = { ...fields, [name]: value }
    setFields(next)
    setTyping(true)
    return next
  }
  function type(name: keyof QueueFilter, value: string) {
    const next = write(name, value)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => go(next), pauseMs)
  }
  return { fields, isGoing, leave, go, send: () => go(fields), choose, write, type }
}
