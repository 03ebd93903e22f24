'use client'

import { useMemo } from 'react'
import { useDraft } from '../use-draft'
import type { Typed } from './fields'

/** What was typed into the fields of an edit, kept in this tab as a reason is. */
export function useTyped(approvalId: string): [Typed, (typed: Typed) => void] {
  const [text, write] = useDraft(approvalId, 'edit')
  const typed = useMemo(() => readTyped(text), [text])
  return [typed, (next) => write(Object.keys(next).length === 0 ? '' : JSON.stringify(next))]
}

function readTyped(text: string): Typed {
  if (text === '') return {}
  try {
    return JSON.parse(text) as Typed
  } catch {
    return {}
  }
}
