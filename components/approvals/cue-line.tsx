'use client'

import { useEffect, useRef, useState } from 'react'
import * as say from '@/words/approvals/cue-line'
import { useLive } from '../frame/live'
import { countWords } from './count-words'
import { lookForCues } from './look-for-cues'

/** Has what waits looked at for its cues while a list is narrowed by them, and says how much is left. */
export default function CueLine({ project }: { project: string }) {
  const [left, setLeft] = useState<number | null>()
  const again = useRef<() => void>(() => undefined)
  const { tell } = useLive((changes) => {
    // without changes it may be what was told here
    if (changes !== null && changes.length > 0) again.current()
  })
  useEffect(() => {
    const looking = lookForCues(project, { onLeft: setLeft, onLooked: tell })
    again.current = looking.again
    return looking.stop
  }, [project, tell])
  return (
    <output className="flex h-8 shrink-0 items-center border-b border-line px-3 text-xs text-muted">
      {wordsOf(left)}
    </output>
  )
}

function wordsOf(left: number | null | undefined): string {
  if (left === undefined) return say.lookingForCues
  if (left === null) return say.tryingAgain
  return left === 0 ? say.allLookedAt : say.notLookedAt(countWords(left))
}
