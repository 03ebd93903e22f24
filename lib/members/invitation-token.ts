import { hashToken, makeSecret } from '@/lib/tokens'

/** How an invitation's link travels: in a mail to the person alone, or copied by whoever invited them. */
export type Carrier = 'mail' | 'copy'

/**
 * A new invitation's token. What it proves stands in the token and so in its hash: nobody can turn one into
 * the other.
 */
export function makeInvitationToken(carrier: Carrier): {
  carrier: Carrier
  token: string
  tokenHash: string
} {
  const token = `${carrier}-${makeSecret()}`
  return { carrier, token, tokenHash: hashToken(token) }
}

/** Whether the holder of this token holds the invited mailbox. */
export function provesMailbox(token: string): boolean {
  return token.startsWith('mail-')
}
