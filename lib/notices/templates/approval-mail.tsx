import { Fragment } from 'react'
import type { MailApproval, MailFact, MailModel } from '../mail-model'
import type { MailParam } from '../mail-params'
import { MailFrame, Words } from './frame'
import { Section, Text } from './tags'

const ink = '#16171b'
const muted = '#565864'
const line = '#e5e5ea'
const warn = '#855000'
const code = "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace"

/** A mail about one approval or several: every field as text, one link each, which only opens a page. */
export function ApprovalMail({ model }: { model: MailModel }) {
  return (
    <MailFrame preview={model.preview} title={model.title} footer={model.footer}>
      <Words>{model.intro}</Words>
      {model.approvals.map((approval) => (
        <ApprovalBlock key={approval.url} approval={approval} />
      ))}
      {model.more && (
        <Section style={{ borderTop: `1px solid ${line}`, paddingTop: 16 }}>
          <Words>
            {`${model.more.words}: `}
            <a href={model.more.url} style={{ color: '#3d54c4' }}>
              see them all
            </a>
          </Words>
        </Section>
      )}
      {model.legend && <Small>{model.legend}</Small>}
    </MailFrame>
  )
}

function ApprovalBlock({
  approval: { tool, reminder, facts, params, after, url },
}: {
  approval: MailApproval
}) {
  const count = params.head.length + params.hidden + params.tail.length
  return (
    <Section style={{ borderTop: `1px solid ${line}`, padding: '14px 0 18px' }}>
      <h2 style={{ color: ink, fontFamily: code, fontSize: 15, margin: '0 0 8px', wordBreak: 'break-all' }}>
        {tool}
      </h2>
      {reminder !== null && (
        <p style={{ color: warn, fontSize: 14, fontWeight: 600, margin: '0 0 8px' }}>{reminder}</p>
      )}
      <Facts facts={facts} />
      <p style={{ color: muted, fontSize: 13, margin: '10px 0 4px' }}>
        {count === 0 ? 'Params: none' : `Params (${count})`}
      </p>
      {count > 0 && (
        <table width="100%" cellPadding={5} style={tableStyle}>
          <tbody style={{ verticalAlign: 'top' }}>
            {params.head.map((param, at) => (
              <ParamRow key={at} param={param} />
            ))}
            {params.hidden > 0 && (
              <tr>
                <td colSpan={2}>{`⟨${params.hidden} more params not shown⟩`}</td>
              </tr>
            )}
            {params.tail.map((param, at) => (
              <ParamRow key={at} param={param} />
            ))}
          </tbody>
        </table>
      )}
      <Facts facts={after} />
      <a href={url} style={linkStyle}>
        See it in full and decide
      </a>
    </Section>
  )
}

const tableStyle = {
  backgroundColor: '#f7f7f8',
  border: `1px solid ${line}`,
  borderRadius: 6,
  color: ink,
  fontFamily: code,
  fontSize: 13,
  lineHeight: '19px',
  margin: '0 0 10px',
  tableLayout: 'fixed',
  wordBreak: 'break-word',
} as const

const linkStyle = {
  backgroundColor: '#24262c',
  borderRadius: 7,
  color: '#ffffff',
  display: 'inline-block',
  fontSize: 14,
  fontWeight: 600,
  marginTop: 8,
  padding: '10px 16px',
  textDecoration: 'none',
} as const

/** Styles stand on the table alone: a thousand rows must not make a mail of a megabyte. */
function ParamRow({ param: { name, type, value, warning } }: { param: MailParam }) {
  return (
    <tr>
      <td width="34%">
        <b>
          <Lines text={name} />
        </b>
        <br />
        <small>{warning === null ? type : `${type}, ${warning}`}</small>
      </td>
      <td>
        <Lines text={value} />
      </td>
    </tr>
  )
}

function Facts({ facts }: { facts: MailFact[] }) {
  return (
    <div style={{ color: ink, fontSize: 14, lineHeight: '22px', wordBreak: 'break-word' }}>
      {facts.map(({ label, value, look }) => (
        <div key={`${label} ${value}`} style={{ marginBottom: 4 }}>
          <span style={{ color: muted }}>{`${label}: `}</span>
          {look === undefined ? (
            <Lines text={value} />
          ) : (
            <span style={look === 'code' ? inCode : quoted}>
              <Lines text={value} />
            </span>
          )}
        </div>
      ))}
    </div>
  )
}

const inCode = { fontFamily: code, fontSize: 13 } as const
const quoted = { borderLeft: `3px solid ${line}`, display: 'block', paddingLeft: 10 } as const

/** Text as it is, isolated from what stands beside it; some mail programs forget line breaks but for `<br>`. */
function Lines({ text }: { text: string }) {
  const lines = text.split('\n')
  return (
    <bdi style={text.includes('  ') ? { whiteSpace: 'pre-wrap' } : undefined}>
      {lines.map((one, at) => (
        <Fragment key={at}>
          {at > 0 && <br />}
          {one}
        </Fragment>
      ))}
    </bdi>
  )
}

function Small({ children }: { children: string }) {
  return <Text style={{ color: muted, fontSize: 12, lineHeight: '18px', margin: '8px 0 0' }}>{children}</Text>
}
