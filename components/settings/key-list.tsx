'use client'

import { useState } from 'react'
import type { Key } from '@/lib/keys/schemas'
import { keyWarnings } from '@/lib/keys/warnings'
import * as say from '@/words/settings/key-list'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { useNow } from '../ui/clock'
import { EmptyState } from '../ui/empty-state'
import { Table, Td, Th } from '../ui/table'
import { Age, Moment } from '../ui/time'
import { useAction, type Action } from '../ui/use-action'
import { ConfirmDialog } from './confirm-dialog'

type Revoke = Action<{ id: string }, unknown>
type KeyListProps = {
  project: string
  kind: Key['kind']
  keys: Key[]
  /** Names of the project's members by id. */
  people: Record<string, string>
  revoke: Revoke
}

/** Keys with what they may do, when they were last used, and whether they still open anything. */
export function KeyList({ project, kind, keys, people, revoke }: KeyListProps) {
  if (keys.length === 0) return <NoKeys project={project} kind={kind} />
  const isAgent = kind === 'agent'
  return (
    <Table label={isAgent ? say.agentKeys : say.yourPersonalTokens}>
      <thead>
        <tr>
          <Th>{say.name}</Th>
          {isAgent && <Th>{say.scopes}</Th>}
          <Th>{say.lastUsed}</Th>
          <Th>{say.expires}</Th>
          <Th>{say.made}</Th>
          <Th>
            <span className="sr-only">{say.stateAndActions}</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <Td>
              <div className="font-medium wrap-anywhere">{key.name}</div>
              <code className="code text-muted">{key.prefix}…</code>
            </Td>
            {isAgent && (
              <Td name={say.scopes}>
                <div>
                  {key.scopes.join(', ')}
                  <KeyBadge entry={key} />
                </div>
              </Td>
            )}
            <Td name={say.lastUsed}>
              {key.last_used_at ? (
                <Age at={key.last_used_at} isLong />
              ) : (
                <span className="text-muted">{say.never}</span>
              )}
            </Td>
            <Td name={say.expires}>
              {key.expires_at ? (
                <Moment at={key.expires_at} />
              ) : (
                <span className="text-muted">{say.never}</span>
              )}
            </Td>
            <Td name={say.made}>
              <div>
                <Moment at={key.created_at} />
                <MadeBy id={key.created_by} people={people} />
              </div>
            </Td>
            <Td className="text-right whitespace-nowrap">
              <KeyState project={project} entry={key} revoke={revoke} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** The member who made it; a script of the operator's, or somebody who is no longer here, has no name. */
function MadeBy({ id, people }: { id: string | null; people: Record<string, string> }) {
  const name = id === null ? undefined : people[id]
  if (name === undefined) return null
  return <span className="block text-muted wrap-anywhere">{say.by(name)}</span>
}

/** A key that still opens something and can loosen what holds it. */
function KeyBadge({ entry }: { entry: Key }) {
  const [warning] = entry.revoked_at === null ? keyWarnings(entry.scopes) : []
  if (!warning) return null
  return (
    <span className="block" title={warning.message}>
      <Badge tone="warn" icon="warning">
        {say.canLoosenItsOwnGate}
      </Badge>
    </span>
  )
}

function NoKeys({ project, kind }: { project: string; kind: Key['kind'] }) {
  return kind === 'agent' ? (
    <EmptyState
      title={say.noAgentKeys}
      command={`npm run --silent admin -- key create --project ${project} --name "My agent" --scope run`}
    >
      {say.keysAppearHere}
    </EmptyState>
  ) : (
    <EmptyState title={say.noTokens}>{say.tokensAppearHere}</EmptyState>
  )
}

function KeyState({ project, entry, revoke }: { project: string; entry: Key; revoke: Revoke }) {
  const [isOpen, setIsOpen] = useState(false)
  const { isBusy, trouble, send, forget } = useAction(revoke, {
    done: say.isRevoked(entry.name),
    onDone: () => setIsOpen(false),
  })
  const now = useNow()
  if (entry.revoked_at) return <Badge tone="danger">{say.revoked}</Badge>

  function open() {
    forget()
    setIsOpen(true)
  }

  return (
    <>
      {entry.expires_at !== null && Date.parse(entry.expires_at) <= now && <Badge>{say.expired}</Badge>}{' '}
      <Button size="sm" variant="danger-quiet" aria-label={say.revokeNamed(entry.name)} onClick={open}>
        {say.revoke}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={say.revokeNow(entry.name)}
        action={say.revokeNamed(entry.name)}
        onConfirm={() => send(project, { id: entry.id })}
        isBusy={isBusy}
        trouble={trouble}
      >
        <p>{say.whatRevokingDoes(<code className="code">{entry.prefix}…</code>)}</p>
      </ConfirmDialog>
    </>
  )
}
