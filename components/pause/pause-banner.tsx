import Link from 'next/link'
import { pages } from '@/lib/paths'
import type { Pauses } from '@/lib/pause/read'
import * as say from '@/words/pause/pause-banner'
import { Icon } from '../ui/icon'
import { Age } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'
import { PauseControl, type PauseAction } from './pause-control'

type PauseBannerProps = {
  project: string
  pauses: Pauses
  /** Null for who may not let go on. */
  resume: PauseAction | null
}

/** Says on every page of a project what of it is paused, by whom and why. */
export function PauseBanner({ project, pauses, resume }: PauseBannerProps) {
  if (pauses.length === 0) return null
  return (
    <section
      aria-label={say.paused}
      className="mb-4 shrink-0 rounded-md border border-danger/40 bg-danger-soft text-sm text-ink has-[~[data-desk]]:mb-0 has-[~[data-desk]]:rounded-none has-[~[data-desk]]:border-x-0 has-[~[data-desk]]:border-t-0"
    >
      <ul className="divide-y divide-danger/20">
        {pauses.map(({ agent, paused }) => (
          <li key={agent} className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-3.5 py-2">
            <Icon name="warning" className="size-4! shrink-0 text-danger" />
            <p className="min-w-0 flex-1 basis-60 wrap-anywhere">
              {say.nothingIsReleased(
                <strong className="font-semibold">
                  {agent === null
                    ? say.everythingIsPaused
                    : say.isPaused(
                        <Link href={pages.agent(project, agent)} className="underline underline-offset-2">
                          {agent}
                        </Link>,
                      )}
                </strong>,
                <UntrustedText text={paused.by} singleLine isBrief maxCharacters={120} />,
                <Age at={paused.at} isLong />,
              )}
              {paused.reason !== null &&
                say.because(<UntrustedText text={paused.reason} singleLine isBrief maxCharacters={300} />)}
            </p>
            {resume && <PauseControl project={project} agent={agent} isPaused act={resume} />}
          </li>
        ))}
      </ul>
    </section>
  )
}
