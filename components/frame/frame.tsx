import type { ReactNode } from 'react'
import { hasRole, type Role } from '@/lib/context'
import * as say from '@/words/frame/frame'
import { Bell, type MarkRead } from './bell'
import { LiveProvider } from './live'
import { DataProvider } from './data'
import { KeptFocus } from './kept-focus'
import { Navigation, TabBar } from './navigation'
import { NoticesProvider } from './notices'
import { OwnIdProvider } from './own-id'
import { PaletteButton } from './palette-button'
import { PersonMenu } from './person-menu'
import { ProjectSwitch } from './project-switch'
import type { PushActions } from './push'
import { SignedOut } from './signed-out'
import { SteadyPages } from './steady-pages'

export type ProjectLink = { slug: string; name: string; isArchived: boolean }
export type Person = { id: string; name: string | null; email: string; role: Role }

type FrameProps = {
  project: ProjectLink
  projects: ProjectLink[]
  /** Whether this person may make another project. */
  mayCreate: boolean
  person: Person
  pendingCount: number
  /** What everybody on every page of the project should know of this server. */
  banner?: ReactNode
  markRead: MarkRead
  push: PushActions
  children: ReactNode
}

/** Navigation at the left on wide screens; at the bottom, with a bar above, on narrow ones. */
export function Frame(props: FrameProps) {
  const { project, projects, mayCreate, person, pendingCount, banner, markRead, push, children } = props
  const isAdmin = hasRole(person.role, 'admin')
  return (
    <OwnIdProvider id={person.id}>
      <DataProvider>
        <LiveProvider project={project.slug}>
          <NoticesProvider project={project.slug} initialPending={pendingCount}>
            <a
              href="#main"
              className="fixed top-2 left-2 z-60 -translate-y-16 rounded-sm bg-ink-solid px-3 py-2 text-sm text-on-ink focus:translate-y-0"
            >
              {say.skipToContent}
            </a>
            <div className="md:grid md:grid-cols-[13.5rem_minmax(0,1fr)]">
              <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-canvas px-3 md:h-dvh md:flex-col md:items-stretch md:gap-4 md:border-r md:border-b-0 md:px-2.5 md:py-3">
                <ProjectSwitch project={project} projects={projects} mayCreate={mayCreate} />
                <PaletteButton project={project} projects={projects} mayCreate={mayCreate} person={person} />
                <Navigation project={project.slug} isAdmin={isAdmin} />
                <div className="flex shrink-0 items-center gap-1 md:mt-auto md:flex-col md:items-stretch">
                  <Bell project={project.slug} markRead={markRead} push={push} />
                  <PersonMenu person={person} project={project.slug} />
                </div>
              </header>
              <main
                id="main"
                tabIndex={-1}
                className="min-w-0 px-4 pt-5 pb-28 focus:outline-none has-data-desk:flex has-data-desk:h-[calc(100dvh-6.5rem-1px-env(safe-area-inset-bottom))] has-data-desk:flex-col has-data-desk:overflow-y-auto has-data-desk:p-0! sm:px-6 md:px-8 md:pt-7 md:pb-16 md:has-data-desk:h-dvh"
              >
                <div className="mx-auto max-w-6xl has-data-desk:flex has-data-desk:min-h-0 has-data-desk:w-full has-data-desk:max-w-none has-data-desk:flex-1 has-data-desk:flex-col">
                  {banner}
                  {children}
                </div>
              </main>
            </div>
            <TabBar project={project.slug} isAdmin={isAdmin} />
            <SteadyPages />
            <KeptFocus />
            <SignedOut project={project.slug} email={person.email} />
          </NoticesProvider>
        </LiveProvider>
      </DataProvider>
    </OwnIdProvider>
  )
}
