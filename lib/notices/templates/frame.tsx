import { Button, MailDocument, Section, Text } from './tags'

const fonts = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
const ink = '#16171b'
const muted = '#565864'
const line = '#e5e5ea'

type FrameProps = { preview: string; title: string; children: React.ReactNode; footer: string }

/** What every mail of ours has: name, title, body, and why it came. */
export function MailFrame({ preview, title, children, footer }: FrameProps) {
  return (
    <MailDocument
      preview={preview}
      style={{ backgroundColor: '#f7f7f8', fontFamily: fonts, margin: 0, padding: '32px 12px' }}
    >
      <Section
        style={{
          backgroundColor: '#ffffff',
          border: `1px solid ${line}`,
          borderRadius: 10,
          maxWidth: 520,
          padding: '28px 32px 24px',
        }}
      >
        <Text style={{ color: muted, fontSize: 13, fontWeight: 600, letterSpacing: 0.2, margin: 0 }}>
          Holdpoint
        </Text>
        <h1 style={{ color: ink, fontSize: 20, lineHeight: '28px', margin: '12px 0 8px' }}>{title}</h1>
        {children}
        <hr
          style={{ width: '100%', border: 'none', borderTop: `1px solid ${line}`, margin: '24px 0 14px' }}
        />
        <Text style={{ color: muted, fontSize: 12, lineHeight: '18px', margin: 0 }}>{footer}</Text>
      </Section>
    </MailDocument>
  )
}

/** A paragraph. */
export function Words({ children }: { children: React.ReactNode }) {
  return <Text style={{ color: ink, fontSize: 14, lineHeight: '22px', margin: '0 0 12px' }}>{children}</Text>
}

/** The mail's one link, as a button and written out. */
export function MainLink({ url, label }: { url: string; label: string }) {
  return (
    <Section style={{ margin: '18px 0 6px' }}>
      <Button
        href={url}
        style={{
          backgroundColor: '#24262c',
          borderRadius: 7,
          color: '#ffffff',
          fontSize: 14,
          fontWeight: 600,
        }}
      >
        {label}
      </Button>
      <Text
        isForEyes
        style={{ color: muted, fontSize: 12, lineHeight: '18px', margin: '14px 0 0', wordBreak: 'break-all' }}
      >
        {url}
      </Text>
    </Section>
  )
}
