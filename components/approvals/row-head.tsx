import Link from 'next/link'
import type { RefObject } from 'react'
import { pages } from '@/lib/paths'
import { GoingThere } from '../ui/going-there'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { UntrustedText } from '../ui/untrusted-text'
import { ParamsLine } from './params-line'
import { Label, RuleLine } from './rule-line'

type RowHeadProps = {
  project: string
  approval: SeenApproval
  isLinked: boolean
  /** Begins the ids of the elements that name the row. */
  id: string
  link: RefObject<HTMLAnchorElement | null>
}

/** What is asked for: tool, agent, params on one line, and why it was held. The tool leads to the run. */
export function RowHead({ project, approval, isLinked, id, link }: RowHeadProps) {
  return (
    <div className="min-w-0 space-y-0.5">
      <div className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
        <Link
          ref={link}
          id={`${id}-tool`}
          data-row-link=""
          href={pages.run(project, approval.run_id)}
          scroll={false}
          prefetch={false}
          className="code rounded-xs font-semibold hover:underline"
        >
          <GoingThere>{approval.tool}</GoingThere>
        </Link>
        <span className="text-sm text-muted">
          on{' '}
          <span id={`${id}-agent`} className="text-ink">
            {approval.agent}
          </span>
        </span>
        {isLinked && <span className="text-xs font-medium text-accent">The one you followed a link to</span>}
      </div>
      <p className="text-sm">
        <ParamsLine approval={approval} />
      </p>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5">
        <RuleLine rule={approval.rule} tool={approval.tool} />
        {approval.message && <Quoted label="Policy" text={approval.message} />}
      </div>
      {approval.description && <Quoted label="The agent says" text={approval.description} isItalic />}
    </div>
  )
}

function Quoted({ label, text, isItalic = false }: { label: string; text: string; isItalic?: boolean }) {
  return (
    <p className="min-w-0 text-sm text-muted">
      <Label>{label}</Label>
      <UntrustedText
        text={text}
        singleLine
        isBrief
        maxCharacters={160}
        className={isItalic ? 'italic' : ''}
      />
    </p>
  )
}
