'use client'

import { useEffect, useState } from 'react'
import { checkFile, type FileCheck } from './check-file'
import type { Draft } from './draft'

/** After so long without a press the text is read. */
const restMs = 300

/** The check of a draft as it is written; of an older text until this one was read, and null before the first. */
export function useFileCheck({ name, config }: Draft): FileCheck | null {
  const [check, setCheck] = useState<FileCheck | null>(null)
  useEffect(() => {
    let isLatest = true
    const timer = setTimeout(() => {
      void checkFile(name, config).then((found) => isLatest && setCheck(found))
    }, restMs)
    return () => {
      isLatest = false
      clearTimeout(timer)
    }
  }, [name, config])
  return check
}
