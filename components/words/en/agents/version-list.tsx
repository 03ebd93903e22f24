import type { ReactNode } from 'react'

export const versions = 'Versions'
export const versionNumber = (version: number) => `Version ${version}`
export const inForce = 'In force'
export const shownHere = 'Shown here'
export const by = (person: ReactNode) => <>by {person}</>
export const versionsBefore = (oldest: number) => `Versions before ${oldest} are kept and not listed here.`
