import { useState } from 'react'
import { Duration } from '../runs/duration'
import { useNow } from '../ui/clock'
import { JsonBlock } from '../ui/json-block'
import { Params, ParamsSummary } from '../ui/params'
import { Age, Moment, TimeLeft, TimeOfDay } from '../ui/time'
import { TimeRing } from '../ui/time-ring'
import { UntrustedText } from '../ui/untrusted-text'
import { Row, Shelf } from './shelf'

const ordinary = {
  order_id: 'ORD-1287',
  amount: 2400,
  currency: 'EUR',
  isExpress: false,
  note: null,
  items: ['LAMP-1', 'BULB-9', 'WIRE-4'].map((sku, at) => ({ sku, qty: at + 1, note: 'two\nlines' })),
  address: { city: 'Graz', geo: { at: [47.07, 15.44] }, lines: ['Long Street 1', 'Door 4'] },
}

const hostile = {
  'na\u202eme': 'refund \u202e0042\u202c only',
  '': 'a name that is empty',
  invisible: 'ad\u200bmin\u2060',
  mixed: 'pаypal.com',
  number: '2400',
  markup: '<img src=x onerror=alert(1)> **bold** [link](javascript:alert(1)) <!channel>',
  link: 'https://example.com/?next=//evil.example',
  blanks: `a${' '.repeat(40)}b`,
  lines: 'BEGIN;\nDELETE FROM audit;\nCOMMIT;',
  long: 'x'.repeat(5000),
  unbroken: 'W'.repeat(300),
  emoji: '👩‍👩‍👧‍👦 é é',
  large: 12345678901234567890n,
  deep: { a: { b: { c: { text: 'long enough to be folded '.repeat(6), d: { e: { f: ['g'] } } } } } },
}

const minute = 60_000

/** What others wrote, and time. */
export function Values() {
  const [now] = useState(useNow())
  const at = (ms: number) => new Date(now + ms).toISOString()
  return (
    <>
      <Shelf title="Params">
        <Params params={ordinary} digest={`sha256:${'05bf354c'.repeat(8)}`} ruleParams={['amount']} />
        <Params params={hostile} digest={`sha256:${'7333bb59'.repeat(8)}`} />
        <Params params={{}} digest={`sha256:${'00000000'.repeat(8)}`} />
        <p>
          <ParamsSummary params={hostile} />
        </p>
      </Shelf>
      <Shelf title="JSON">
        <JsonBlock label="Output" value={ordinary} />
        <JsonBlock label="Error" value="The card was refused." tone="danger" />
        <JsonBlock label="Folded" value={[1, 2, 3]} isFolded />
        <JsonBlock label="Nothing" value={null} />
      </Shelf>
      <Shelf title="Texts of others">
        <p>
          <UntrustedText text={hostile.markup} />
        </p>
        <p>
          <UntrustedText text={'\u202eover\u202c and\u200b hidden'} />
        </p>
        <p>
          <UntrustedText text={hostile.lines} singleLine />
        </p>
        <p>
          <UntrustedText text={hostile.long} maxCharacters={80} />
        </p>
      </Shelf>
      <Shelf title="Time">
        <Row>
          <Age at={at(-5 * minute)} /> <Age at={at(-90 * minute)} isLong /> <Moment at={at(-minute)} />
          <TimeOfDay at={at(-minute)} /> <Duration ms={84_000} /> <Duration ms={null} since={at(-minute)} />
        </Row>
        <Row>
          <TimeLeft from={at(-minute)} until={at(59 * minute)} />
          <TimeLeft from={at(-40 * minute)} until={at(20 * minute)} />
          <TimeLeft from={at(-58 * minute)} until={at(2 * minute)} />
          <TimeLeft from={at(-60 * minute)} until={at(-minute)} />
        </Row>
        <Row>
          <TimeRing from={at(-minute)} until={at(59 * minute)} />
          <TimeRing from={at(-40 * minute)} until={at(20 * minute)} />
          <TimeRing from={at(-58 * minute)} until={at(2 * minute)} />
          <TimeRing from={at(-60 * minute)} until={at(-minute)} />
        </Row>
      </Shelf>
    </>
  )
}
