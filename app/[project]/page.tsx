import { redirect } from 'next/navigation'
import { pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'

export default async function ProjectPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await requireMember((await params).project)
  redirect(pages.approvals(project.slug))
}
