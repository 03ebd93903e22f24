'use client'

import { useState } from 'react'
import { showText, type ShownPart, type ShownText } from '@/lib/untrusted/show'
import * as say from '@/words/ui/untrusted-text'
import { Badge } from './badge'

type UntrustedTextProps = {
  text: string
  /** Longest rendering before "Show all"; 2,000. */
  maxCharacters?: number
  /** Line breaks shown as signs, for text that shares a line with ours. */
  singleLine?: boolean
  /** Without "Show all", where there is room for one line only and the whole stands elsewhere. */
  isBrief?: boolean
  className?: string
}

/**
 * Text that an agent wrote: nothing in it is markup, what cannot be seen is named, what is long is headed
 * and tailed with one press to the whole.
 */
export function UntrustedText({
  text,
  maxCharacters = 2000,
  singleLine,
  isBrief,
  className = '',
}: UntrustedTextProps) {
  const [isWhole, setIsWhole] = useState(false)
  const shown = showText(text, {
    maxCharacters: isWhole ? Infinity : maxCharacters,
    singleLine: singleLine ?? false,
  })
  return (
    <>
      <bdi className={`wrap-anywhere ${singleLine ? '' : 'whitespace-pre-wrap'} ${className}`}>
        <Parts parts={shown.parts} />
      </bdi>
      <Warnings shown={shown} />
      {!isBrief && (shown.isCut || isWhole) && (
        <ShowAll length={shown.length} isWhole={isWhole} onToggle={() => setIsWhole(!isWhole)} />
      )}
    </>
  )
}

const looks = {
  control: 'rounded-xs bg-warn-soft text-warn font-mono text-[0.9em]',
  blanks: 'rounded-xs bg-sunken text-faint font-mono text-[0.9em]',
  cut: 'rounded-xs bg-sunken text-muted font-sans text-[0.95em] whitespace-nowrap',
} as const

/** The parts of a shown text; our own words among them stand out from the agent's. */
export function Parts({ parts }: { parts: ShownPart[] }) {
  return parts.map((part, at) =>
    part.kind === 'text' ? (
      <span key={at}>{part.text}</span>
    ) : (
      <bdi key={at} className={`px-0.5 ${looks[part.kind]}`}>
        {part.text}
      </bdi>
    ),
  )
}

/** Badges for what a reader would not notice. */
export function Warnings({ shown }: { shown: Pick<ShownText, 'hasInvisible' | 'hasMixedScripts'> }) {
  if (!shown.hasInvisible && !shown.hasMixedScripts) return null
  return (
    <span className="ml-1.5 inline-flex flex-wrap gap-1 align-text-bottom font-sans">
      {shown.hasInvisible && (
        <Badge tone="warn" icon="warning">
          {say.hiddenCharacters}
        </Badge>
      )}
      {shown.hasMixedScripts && (
        <Badge tone="warn" icon="warning">
          {say.mixedScripts}
        </Badge>
      )}
    </span>
  )
}

/** Opens and closes the whole of a long text. */
export function ShowAll({
  length,
  isWhole,
  onToggle,
}: {
  length: number
  isWhole: boolean
  onToggle: () => void
}) {
  return (
    <button
      type="button"
      aria-expanded={isWhole}
      onClick={onToggle}
      className="ml-1.5 rounded-xs font-sans text-xs font-medium text-accent hover:underline"
    >
      {isWhole ? say.showLess : say.showAllCharacters(length)}
    </button>
  )
}
