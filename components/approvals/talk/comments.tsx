'use client'

import type { Comment } from '@/lib/approvals/comment-schemas'
import type { SeenApproval } from '@/lib/approvals/schemas'
import type { Listed } from '@/lib/fields'
import { api } from '@/lib/paths'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/talk/comments'
import * as shared from '@/words/shared'
import { Button } from '../../ui/button'
import { ErrorState } from '../../ui/error-state'
import { SkeletonRows } from '../../ui/skeleton'
import { Age } from '../../ui/time'
import { UntrustedText } from '../../ui/untrusted-text'
import { uniqueById, usePages } from '../../ui/use-pages'
import { CommentForm } from './comment-form'
import type { TalkActions } from './talk-context'

type CommentsProps = {
  project: string
  approval: SeenApproval
  send: TalkActions['comment']
  isWriting: boolean
  onClose: () => void
}

/** What was said about a request, oldest first, and where more is said. */
export function Comments({ project, approval, send, isWriting, onClose }: CommentsProps) {
  const { id, comments: count } = approval
  const read = usePages<Listed<Comment>>(api.comments(project, id), null, () => 0)
  const { pages, isWaiting, error, hasMore, isLoadingMore, loadMore, reload } = read
  const items = uniqueById(pages.flatMap((page) => page.items))
  return (
    <div className="space-y-2.5">
      {error ? (
        <ErrorState
          title={say.commentsCouldNotBeRead}
          action={<Button onClick={reload}>{shared.tryAgain}</Button>}
        >
          {error.message}
        </ErrorState>
      ) : isWaiting && count > 0 ? (
        <SkeletonRows rows={1} label={say.loadingTheComments} />
      ) : (
        items.length > 0 && (
          <ol aria-label={say.comments} className="space-y-2.5">
            {items.map((comment) => (
              <Said key={comment.id} comment={comment} />
            ))}
          </ol>
        )
      )}
      {hasMore && (
        <Button size="sm" variant="ghost" isBusy={isLoadingMore} onClick={loadMore}>
          {say.laterComments}
        </Button>
      )}
      {isWriting && <CommentForm project={project} id={id} send={send} onDone={reload} onClose={onClose} />}
    </div>
  )
}

function Said({ comment: { author, body, at } }: { comment: Comment }) {
  return (
    <li className="border-l-2 border-line-strong pl-3 text-sm">
      <p className="text-xs text-muted">
        <bdi className="font-medium text-ink">
          {plainText(author.label, { singleLine: true, maxCharacters: 80 })}
        </bdi>
        {author.type === 'key' && ` ${say.anAgentsKey}`} <Age at={at} isLong />
      </p>
      <UntrustedText text={body} maxCharacters={1000} />
    </li>
  )
}
