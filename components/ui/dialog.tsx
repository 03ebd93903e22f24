'use client'

import { useEffect, useRef, type ReactNode } from 'react'
import * as say from '@/words/ui/dialog'
import { useToast } from './toast'
import { latePart } from './use-late-part'

export type DialogSize = 'md' | 'lg' | 'xl'

export type DialogProps = {
  isOpen: boolean
  onClose: () => void
  title: ReactNode
  /** One or two sentences under the title; read out when the dialog opens. */
  description?: ReactNode
  children: ReactNode
  size?: DialogSize
}

const useBox = latePart(() => import('./dialog-box').then((module) => module.DialogBox))

/**
 * A modal dialog. Focus goes to its frame, never to a button that acts, and returns to what opened it. Escape and a
 * press beside it close it; neither may decide anything. What draws it is read with the first sign of a person at the
 * page, which is before any dialog opens.
 */
export function Dialog(props: DialogProps) {
  const { isOpen, onClose } = props
  const { part: Box, hasFailed } = useBox(isOpen)
  const toast = useToast()
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    if (!isOpen || !hasFailed) return
    toast({ tone: 'danger', text: say.couldNotBeOpened })
    close.current()
  }, [isOpen, hasFailed, toast])
  return Box ? <Box {...props} /> : null
}
