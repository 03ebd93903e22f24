import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { ErrorState } from '../ui/error-state'
import { LeftOut } from '../ui/left-out'
import { Fact, Facts } from '../ui/facts'
import { Notice } from '../ui/notice'
import { Section } from '../ui/section'
import { Skeleton, SkeletonRows } from '../ui/skeleton'
import { ListFrame, Table, Td, Th } from '../ui/table'
import { Shelf } from './shelf'

/** What a list or a page is in: empty, failed, on its way, full. */
export function States() {
  return (
    <>
      <Shelf title="Notices">
        {(['info', 'ok', 'warn', 'danger'] as const).map((tone) => (
          <Notice key={tone} tone={tone}>
            A sentence that the reader should not miss ({tone}).
          </Notice>
        ))}
        <LeftOut names={['sort', 'agent']} isStale />
      </Shelf>
      <Shelf title="Empty, failed, on its way">
        <EmptyState icon="check" title="Nothing waits for you" command="curl http://localhost:3000/api/me">
          A gated tool call appears here the moment an agent asks.
        </EmptyState>
        <ErrorState title="The approvals could not be read" action={<Button>Try again</Button>}>
          This says nothing about whether requests are waiting.
        </ErrorState>
        <Skeleton />
        <SkeletonRows rows={3} label="Loading" />
      </Shelf>
      <Shelf title="Lists">
        <Section title="Members" note="Who may decide." actions={<Button size="sm">Invite</Button>}>
          <Table label="Members">
            <thead>
              <tr>
                <Th>Person</Th>
                <Th>Role</Th>
              </tr>
            </thead>
            <tbody>
              {['owner', 'reviewer'].map((role) => (
                <tr key={role}>
                  <Td name="Person">{role}@example.com</Td>
                  <Td name="Role">{role}</Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Section>
        <ListFrame>
          <ul>
            {['First', 'Second'].map((name) => (
              <li key={name} className="border-b border-line px-3 py-2 last:border-b-0 hover:bg-hover">
                {name}
              </li>
            ))}
          </ul>
        </ListFrame>
        <Facts>
          <Fact name="Agent">order-manager</Fact>
          <Fact name="Policy">version 2</Fact>
        </Facts>
      </Shelf>
    </>
  )
}
