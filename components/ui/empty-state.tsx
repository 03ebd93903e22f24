import type { ReactNode } from 'react'
import * as say from '@/words/ui/empty-state'
import { CopyButton } from './copy-button'
import { Icon, type IconName } from './icon'

type EmptyStateProps = {
  /** What will appear here. */
  title: string
  children?: ReactNode
  /** The command that makes the first one. */
  command?: string
  icon?: IconName
}

/** An empty list: what will appear, and the command that makes the first one. */
export function EmptyState({ title, children, command, icon }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center rounded-md border border-dashed border-line-strong bg-surface px-4 py-10 text-center">
      {icon && <Icon name={icon} className="mb-3 size-6! text-faint" />}
      <p className="font-medium">{title}</p>
      {children && <div className="mt-1 max-w-prose text-sm text-muted">{children}</div>}
      {command && <Command text={command} className="mt-5 w-full max-w-3xl text-left" />}
    </div>
  )
}

/** A command to copy; long lines wrap. */
export function Command({ text, className = '' }: { text: string; className?: string }) {
  return (
    <div className={`relative rounded-sm border border-line bg-sunken ${className}`}>
      <pre className="code p-3 pr-20 text-sm whitespace-pre-wrap">{text}</pre>
      <div className="absolute top-1.5 right-1.5">
        <CopyButton text={text} label={say.copyCommand} />
      </div>
    </div>
  )
}
