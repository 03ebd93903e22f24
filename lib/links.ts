import type { LinkBase } from './paths'
import type { Context } from './context'

/** Where links to the project's pages begin. */
export function linkBase(ctx: Pick<Context, 'appUrl' | 'project'>): LinkBase {
  return { appUrl: ctx.appUrl, projectSlug: ctx.project.slug }
}
