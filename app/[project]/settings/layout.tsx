import type { ReactNode } from 'react'
import { SettingsNavigation } from '@/components/settings/settings-navigation'

type Props = { children: ReactNode; params: Promise<{ project: string }> }

/** The places of the settings; each page below checks the membership for itself. */
export default async function SettingsLayout({ children, params }: Props) {
  const { project } = await params
  return (
    <>
      <SettingsNavigation project={project} />
      {children}
    </>
  )
}
