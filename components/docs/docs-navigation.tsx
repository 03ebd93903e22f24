import { sections } from '@/lib/docs/contents'

/** Every page of the documentation; the codes of errors are one entry. */
export function DocsNavigation({ here, label }: { here: string; label: string }) {
  return (
    <nav aria-label={label} className="space-y-6 text-sm">
      {sections.map(({ title, pages }) => (
        <div key={title}>
          <p className="mb-1 px-2 font-medium">{title}</p>
          <ul>
            {pages.map(({ path, name }) => (
              <li key={path}>
                <a
                  href={path}
                  aria-current={isHere(path, here) ? 'page' : undefined}
                  className="block rounded-sm px-2 py-1 text-muted hover:bg-sunken hover:text-ink aria-[current]:bg-accent-soft
                    aria-[current]:font-medium aria-[current]:text-accent"
                >
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

function isHere(path: string, here: string): boolean {
  return path === here || (path === '/docs/errors' && here.startsWith(`${path}/`))
}
