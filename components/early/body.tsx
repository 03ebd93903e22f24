'use client'

import { useEffect, type ReactNode } from 'react'
import { forgetTaken, replayEarly } from './replay'

/** The page's body, which does what was done before React listened. */
export function Body({ children }: { children: ReactNode }) {
  useEffect(replayEarly, [])
  return (
    <body
      onClickCapture={forgetTaken}
      onInputCapture={forgetTaken}
      onChangeCapture={forgetTaken}
      onSubmitCapture={forgetTaken}
    >
      {children}
    </body>
  )
}
