'use client'

import { useEffect, useRef, useState, type ComponentType, type ReactNode } from 'react'
import * as say from '@/words/ui/dialog'
import { useToast } from './toast'

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

type Box = ComponentType<DialogProps>

let known: Box | undefined

async function readBox(): Promise<Box> {
  const { DialogBox } = await import('./dialog-box')
  return (known = DialogBox)
}

/**
 * A modal dialog. Focus goes to its frame, never to a button that acts, and returns to what opened it. Escape and a
 * press beside it close it; neither may decide anything. What draws it is read with the first press on the page, which
 * is before any dialog opens.
 */
export function Dialog(props: DialogProps) {
  const { isOpen, onClose } = props
  const [Box, setBox] = useState<Box | undefined>(() => known)
  const toast = useToast()
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })

  useEffect(() => {
    if (known) return
    const warm = () => void readBox().catch(() => undefined)
    const once = { once: true, capture: true }
    window.addEventListener('pointerdown', warm, once)
    window.addEventListener('keydown', warm, once)
    return () => {
      window.removeEventListener('pointerdown', warm, once)
      window.removeEventListener('keydown', warm, once)
    }
  }, [])

  useEffect(() => {
    if (!isOpen || Box) return
    let isHere = true
    readBox().then(
      (box) => isHere && setBox(() => box),
      () => {
        if (!isHere) return
        toast({ tone: 'danger', text: say.couldNotBeOpened })
        close.current()
      },
    )
    return () => {
      isHere = false
    }
  }, [isOpen, Box, toast])

  return Box ? <Box {...props} /> : null
}
