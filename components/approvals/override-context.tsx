'use client'

import { createContext, type ReactNode } from 'react'
import type { OverrideFromPage } from '@/lib/approvals/from-page'
import type { Approval } from '@/lib/approvals/schemas'
import type { Action } from '../ui/use-action'

/** Approves one request against what its policy demands. */
export type Override = Action<OverrideFromPage, Approval>

export const OverrideContext = createContext<Override | null>(null)

/** @param override null where the project has it switched off, or for who may not */
export function OverrideProvider({ override, children }: { override: Override | null; children: ReactNode }) {
  return <OverrideContext value={override}>{children}</OverrideContext>
}
