import { llmsFullText } from '@/lib/docs/text'
import { settings } from '@/lib/env'
import { plainText } from '@/lib/http/plain-text'

export const dynamic = 'force-dynamic'

export const GET = () => plainText(llmsFullText(settings().appUrl))
