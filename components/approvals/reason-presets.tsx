'use client'

import { useEffect, useRef } from 'react'
import useSWR from 'swr'
import type { Approval } from '@/lib/approvals/schemas'
import type { Listed } from '@/lib/fields'
import { api } from '@/lib/paths'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/reason-presets'
import { Kbd } from '../ui/kbd'
import { useSingleKeys } from '../ui/single-keys'
import { presetsFrom } from './presets'

type ReasonPresetsProps = {
  project: string
  tool: string
  /** Whether the field is empty, so that a number chooses and is not text. */
  isEmpty: boolean
  onPick: (reason: string) => void
}

const looked = 30
const once = { refreshInterval: 0, revalidateOnFocus: false, shouldRetryOnError: false }

/**
 * Reasons with which calls of this tool were rejected lately, else calls of any tool: a press or a number puts one in
 * the field, where it can be changed. Without them, the field is all there is.
 */
export function ReasonPresets({ project, tool, isEmpty, onPick }: ReasonPresetsProps) {
  const query = { status: 'rejected', sort: 'decided', limit: looked, fields: 'decision' }
  const ofTool = useReasons(api.approvals(project, { ...query, tool }))
  const ofAll = useReasons(ofTool?.length === 0 ? api.approvals(project, query) : null)
  const presets = ofTool?.length ? ofTool : (ofAll ?? [])
  const [areKeysOn] = useSingleKeys()
  const frame = useRef<HTMLFieldSetElement>(null)

  function pick(reason: string) {
    onPick(reason)
    frame.current?.closest('form')?.querySelector('textarea')?.focus()
  }
  const count = presets.length
  useEffect(() => {
    const form = frame.current?.closest('form')
    if (!form || !isEmpty || !areKeysOn) return
    function onKey(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return
      const chip = frame.current?.querySelectorAll('button')[Number(event.key) - 1]
      if (!chip) return
      event.preventDefault()
      chip.click()
    }
    form.addEventListener('keydown', onKey)
    return () => form.removeEventListener('keydown', onKey)
  }, [isEmpty, areKeysOn, count])

  if (count === 0) return null
  return (
    <fieldset ref={frame} className="flex flex-wrap gap-1.5">
      <legend className="sr-only">{say.usedBefore}</legend>
      {presets.map((reason, at) => (
        <button
          key={reason}
          type="button"
          aria-keyshortcuts={areKeysOn && isEmpty ? String(at + 1) : undefined}
          onClick={() => pick(reason)}
          className="flex h-6 max-w-full items-center gap-1.5 rounded-full border border-line-strong bg-raised px-2.5 text-xs text-ink hover:bg-hover pointer-coarse:h-9"
        >
          <bdi className="truncate">{plainText(reason, { singleLine: true })}</bdi>
          {areKeysOn && isEmpty && <Kbd>{String(at + 1)}</Kbd>}
        </button>
      ))}
    </fieldset>
  )
}

/** Undefined while it is not known. */
function useReasons(path: string | null): string[] | undefined {
  const { data, error } = useSWR<Listed<Pick<Approval, 'decision'>>>(path, once)
  if (error) return []
  return data && presetsFrom(data.items.map(({ decision }) => decision?.reason ?? null))
}
