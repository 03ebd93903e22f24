// One package each: all of React Email at once takes half a second to load, in which nobody is answered.
import { Body } from '@react-email/body'
import { Button } from '@react-email/button'
import { Container } from '@react-email/container'
import { Head } from '@react-email/head'
import { Heading } from '@react-email/heading'
import { Hr } from '@react-email/hr'
import { Html } from '@react-email/html'
import { Preview } from '@react-email/preview'
import { Section } from '@react-email/section'
import { Text } from '@react-email/text'

const fonts = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
const ink = '#16171b'
const muted = '#565864'
const line = '#e5e5ea'

type FrameProps = { preview: string; title: string; children: React.ReactNode; footer: string }

/** What every mail of ours has: name, title, body, and why it came. */
export function MailFrame({ preview, title, children, footer }: FrameProps) {
  return (
    <Html lang="en" dir="ltr">
      <Head>
        <meta name="color-scheme" content="light" />
      </Head>
      <Preview>{preview}</Preview>
      <Body style={{ backgroundColor: '#f7f7f8', fontFamily: fonts, margin: 0, padding: '32px 12px' }}>
        <Container
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
          <Heading as="h1" style={{ color: ink, fontSize: 20, lineHeight: '28px', margin: '12px 0 8px' }}>
            {title}
          </Heading>
          {children}
          <Hr style={{ borderColor: line, margin: '24px 0 14px' }} />
          <Text style={{ color: muted, fontSize: 12, lineHeight: '18px', margin: 0 }}>{footer}</Text>
        </Container>
      </Body>
    </Html>
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
          padding: '11px 18px',
        }}
      >
        {label}
      </Button>
      <Text
        data-skip-in-text="true"
        style={{ color: muted, fontSize: 12, lineHeight: '18px', margin: '14px 0 0', wordBreak: 'break-all' }}
      >
        {url}
      </Text>
    </Section>
  )
}
