import type { ErrorPage } from '@/lib/docs/errors'
import { pages } from '@/lib/paths'
import * as say from '@/words/docs/error-list'
import { ListFrame } from '../ui/table'

/** Every code with what it means, by status. */
export function ErrorList({ errors }: { errors: readonly ErrorPage[] }) {
  return (
    <section className="mt-12">
      <h2 className="mb-3 text-[1.375rem] leading-8 font-semibold tracking-tight">{say.everyCode}</h2>
      <ListFrame>
        <ul className="divide-y divide-line">
          {errors.map(({ code, status, meaning }) => (
            <li key={code}>
              <a
                href={pages.errorCode(code)}
                className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2.5 hover:bg-hover"
              >
                <span className="w-8 shrink-0 text-sm text-muted">{status}</span>
                <span className="code w-52 shrink-0 text-sm font-medium text-accent">{code}</span>
                <span className="min-w-0 basis-64 grow text-sm text-muted">{meaning}</span>
              </a>
            </li>
          ))}
        </ul>
      </ListFrame>
    </section>
  )
}
