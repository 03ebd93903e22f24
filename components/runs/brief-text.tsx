import { readJson } from '@/lib/json/read'
import { summarizeParams } from '@/lib/untrusted/params'
import { showText } from '@/lib/untrusted/show'
import { Parts, Warnings } from '../ui/untrusted-text'

/** So long is what is cut. */
const cutAt = 200

/** How a step's JSON begins, on one line: a text without its quotation marks, a whole object as names and values. */
export function BriefText({ json, isRecorded }: { json: string; isRecorded: boolean }) {
  const whole = json.startsWith('{') && json.length < cutAt ? readObject(json) : null
  if (whole) return <bdi>{summarizeParams(whole, cutAt)}</bdi>
  const shown = showText(unquoted(json), { maxCharacters: cutAt, singleLine: true, isRecorded })
  return (
    <>
      <bdi>
        <Parts parts={shown.parts} />
      </bdi>
      <Warnings shown={shown} />
    </>
  )
}

function unquoted(json: string): string {
  if (!json.startsWith('"')) return json
  const text = json.endsWith('"') && json.length < cutAt ? json.slice(1, -1) : json.slice(1)
  return text.replace(/\\[nrt]/g, ' ').replace(/\\(["\\/])/g, '$1')
}

function readObject(json: string): Record<string, unknown> | null {
  try {
    return readJson(json) as Record<string, unknown>
  } catch {
    return null
  }
}
