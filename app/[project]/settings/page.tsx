import { redirect } from 'next/navigation'
import { pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'

export default async function SettingsPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await requireMember((await params).project)
  redirect(pages.settings(project.slug, 'members'))
}
