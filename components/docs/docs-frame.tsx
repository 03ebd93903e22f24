import type { ReactNode } from 'react'
import { neighbours } from '@/lib/docs/contents'
import type { Heading } from '@/lib/docs/markdown'
import { markdownPath } from '@/lib/docs/address'
import { pages } from '@/lib/paths'
import * as say from '@/words/docs/docs-frame'
import { buttonClass } from '../ui/button'
import { Icon } from '../ui/icon'
import { Mark } from '../ui/mark'
import { DocsNavigation } from './docs-navigation'

type DocsFrameProps = {
  /** The address of the page, without query. */
  here: string
  title: ReactNode
  /** What the page's headings lead to, at its right. */
  headings?: readonly Heading[]
  /** Whether the page is there as Markdown too. */
  hasMarkdown?: boolean
  /** As wide as there is room, without a column for headings. */
  isWide?: boolean
  children: ReactNode
}

/**
 * The frame of the public pages. Links in it are plain, so that these pages load no script but the framework's own;
 * the navigation of narrow screens opens without any.
 */
export function DocsFrame(props: DocsFrameProps) {
  const { here, title, headings = [], hasMarkdown = true, isWide = false, children } = props
  return (
    <div className="bg-canvas">
      <a
        href="#main"
        className="fixed top-2 left-2 z-60 -translate-y-16 rounded-sm bg-ink-solid px-3 py-2 text-sm text-on-ink focus:translate-y-0"
      >
        {say.skipToContent}
      </a>
      <Header here={here} />
      <div className="mx-auto flex max-w-[88rem]">
        <aside className="sticky top-14 hidden h-[calc(100dvh-3.5rem)] w-64 shrink-0 overflow-y-auto border-r border-line px-4 py-6 lg:block">
          <DocsNavigation here={here} label={say.documentation} />
        </aside>
        <main
          id="main"
          tabIndex={-1}
          className="min-w-0 flex-1 px-4 py-8 focus:outline-none sm:px-8 lg:px-12 lg:py-10"
        >
          <div className={isWide ? '' : 'mx-auto max-w-[46rem] xl:mx-0'}>
            <div className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
              <h1 className="text-[1.75rem] leading-9 font-semibold tracking-tight wrap-anywhere">{title}</h1>
              {hasMarkdown && (
                <a href={markdownPath(here)} className="mt-2 text-sm text-muted hover:text-ink">
                  {say.viewAsMarkdown}
                </a>
              )}
            </div>
            {children}
            <Turning here={here} />
          </div>
        </main>
        {!isWide && <OnThisPage headings={headings} />}
      </div>
    </div>
  )
}

function Header({ here }: { here: string }) {
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-canvas">
      <div className="mx-auto flex h-14 max-w-[88rem] items-center gap-3 px-4 sm:px-6">
        <a href={pages.docs()} className="flex items-center gap-2.5 font-semibold tracking-tight">
          <Mark className="size-6" />
          Holdpoint <span className="font-normal text-muted">{say.docs}</span>
        </a>
        <a href={pages.start()} className={`ml-auto ${buttonClass({ size: 'sm' })}`}>
          {say.openTheConsole}
        </a>
      </div>
      <details className="group border-t border-line lg:hidden">
        <summary className="flex h-10 items-center gap-2 px-4 text-sm text-muted select-none sm:px-6">
          <Icon name="chevron" className="transition-transform group-open:rotate-90" />
          {say.allPages}
        </summary>
        <div className="max-h-[calc(100dvh-6.5rem)] overflow-y-auto border-t border-line px-4 py-4 sm:px-6">
          <DocsNavigation here={here} label={say.allPages} />
        </div>
      </details>
    </header>
  )
}

function OnThisPage({ headings }: { headings: readonly Heading[] }) {
  return (
    <aside className="sticky top-14 hidden h-[calc(100dvh-3.5rem)] w-60 shrink-0 overflow-y-auto px-4 py-10 xl:block">
      {headings.length > 1 && (
        <nav aria-label={say.onThisPage} className="text-sm">
          <p className="mb-2 font-medium">{say.onThisPage}</p>
          <ul className="space-y-1 border-l border-line">
            {headings.map(({ id, text, depth }) => (
              <li key={id}>
                <a
                  href={`#${id}`}
                  className={`-ml-px block border-l border-transparent py-0.5 text-muted hover:border-line-strong hover:text-ink ${depth === 2 ? 'pl-3' : 'pl-6'}`}
                >
                  {text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </aside>
  )
}

/** The pages before and after this one. */
function Turning({ here }: { here: string }) {
  const { previous, next } = neighbours(here)
  if (!previous && !next) return null
  const look = 'flex-1 rounded-md border border-line bg-surface px-4 py-3 hover:border-line-strong'
  return (
    <nav aria-label={say.beforeAndAfter} className="mt-14 flex flex-wrap gap-3 text-sm">
      {previous && (
        <a href={previous.path} className={look}>
          <span className="block text-xs text-faint">{say.before}</span>
          {previous.name}
        </a>
      )}
      {next && (
        <a href={next.path} className={`${look} text-right`}>
          <span className="block text-xs text-faint">{say.next}</span>
          {next.name}
        </a>
      )}
    </nav>
  )
}
