import type { CSSProperties, ReactNode } from 'react'

type Styled = { style?: CSSProperties; children: ReactNode }

const presentation = {
  border: 0,
  width: '100%',
  cellPadding: '0',
  cellSpacing: '0',
  role: 'presentation',
  align: 'center',
} as const

/** A document as mail programs read it; the preview stands beside the subject in a list of mails, and nowhere else. */
export function MailDocument({ preview, style, children }: Styled & { preview: string }) {
  const shown = preview.slice(0, previewLength)
  return (
    <html dir="ltr" lang="en">
      <head>
        <meta content="text/html; charset=UTF-8" httpEquiv="Content-Type" />
        <meta name="x-apple-disable-message-reformatting" />
        <meta name="color-scheme" content="light" />
      </head>
      {/* some programs drop the body's own style, and then the table's cell has it */}
      <body style={{ backgroundColor: style?.backgroundColor, margin: 0, padding: 0 }}>
        <div style={unseen} data-skip-in-text={true}>
          {shown}
          {shown.length < previewLength && <div>{blanks.repeat(previewLength - shown.length)}</div>}
        </div>
        <table {...presentation}>
          <tbody>
            <tr>
              <td style={style}>{children}</td>
            </tr>
          </tbody>
        </table>
      </body>
    </html>
  )
}

const previewLength = 150
/** Keep what follows the preview out of the list. */
const blanks = '\u00a0\u200c\u200b\u200d\u200e\u200f\ufeff'
const unseen = {
  display: 'none',
  overflow: 'hidden',
  lineHeight: '1px',
  opacity: 0,
  maxHeight: 0,
  maxWidth: 0,
} as const

/** A block: mail programs lay out tables alone reliably. */
export function Section({ style, children }: Styled) {
  return (
    <table {...presentation} style={style}>
      <tbody>
        <tr>
          <td>{children}</td>
        </tr>
      </tbody>
    </table>
  )
}

/** A paragraph; `isForEyes` keeps it out of the mail's plain text. */
export function Text({ style, children, isForEyes }: Styled & { isForEyes?: boolean }) {
  return (
    <p
      {...(isForEyes ? { 'data-skip-in-text': 'true' } : {})}
      style={{ fontSize: 14, lineHeight: '24px', ...style }}
    >
      {children}
    </p>
  )
}

/** What only Outlook on Windows reads, which pads no link: spaces as wide as the padding, and a raised text. */
const outlookOnly = (inner: string) => ({ __html: `<!--[if mso]>${inner}<![endif]-->` })
const outlookBefore = outlookOnly(
  '<i style="mso-font-width:450%;mso-text-raise:16.5" hidden>&#8202;&#8202;</i>',
)
const outlookAfter = outlookOnly('<i style="mso-font-width:450%" hidden>&#8202;&#8202;&#8203;</i>')
const unpadded = { msoPaddingAlt: '0px' }
const raised = { msoPaddingAlt: '0px', msoTextRaise: '8.25px' }

/** A link that looks like a button, with a padding of 11 and 18 pixels. */
export function Button({ href, style, children }: Styled & { href: string }) {
  return (
    <a
      href={href}
      target="_blank"
      style={{
        lineHeight: '100%',
        textDecoration: 'none',
        display: 'inline-block',
        maxWidth: '100%',
        padding: '11px 18px',
        ...unpadded,
        ...style,
      }}
    >
      <span dangerouslySetInnerHTML={outlookBefore} />
      <span style={{ maxWidth: '100%', display: 'inline-block', lineHeight: '120%', ...raised }}>
        {children}
      </span>
      <span dangerouslySetInnerHTML={outlookAfter} />
    </a>
  )
}
