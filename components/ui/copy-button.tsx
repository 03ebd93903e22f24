'use client'

import { useEffect, useState } from 'react'
import * as say from '@/words/ui/copy-button'
import { Button } from './button'
import { Icon } from './icon'

type CopyButtonProps = { text: string; label?: string; isIconOnly?: boolean }

/** Copies exact text; the word changes for two seconds. */
export function CopyButton({ text, label = say.copy, isIconOnly = false }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')

  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 2000)
    return () => clearTimeout(timer)
  }, [state])

  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setState('copied')
    } catch {
      setState('failed')
    }
  }

  const word = state === 'copied' ? say.copied : state === 'failed' ? say.cannotCopy : say.copy
  return (
    <Button
      variant="ghost"
      size="sm"
      aria-label={state === 'idle' ? label : word}
      title={label}
      onClick={() => void copy()}
      className={isIconOnly ? 'h-6! px-1!' : 'h-6! px-1.5! text-xs!'}
    >
      <Icon name={state === 'copied' ? 'check' : 'copy'} className="size-3.5!" />
      {!isIconOnly && word}
    </Button>
  )
}
