'use client'

import { useMemo } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { paramsSeen } from '@/lib/approvals/seen'
import { ParamsStart, ParamsSummary } from '../ui/params'

type ParamsLineProps = { approval: SeenApproval; maxCharacters?: number }

/** A row's params on one line; of long ones how they begin, and how long they are. */
export function ParamsLine({ approval, maxCharacters = 160 }: ParamsLineProps) {
  const params = useMemo(() => paramsSeen(approval), [approval])
  if (params) return <ParamsSummary params={params} maxCharacters={maxCharacters} />
  const { text = '', bytes = 0 } = approval.params_start ?? {}
  return <ParamsStart text={text} bytes={bytes} maxCharacters={maxCharacters} />
}
