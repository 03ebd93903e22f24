import type { OAuthConfig } from 'next-auth/providers/oauth'
import GitHub from 'next-auth/providers/github'
import Google from 'next-auth/providers/google'
import type { ReadySettings } from '@/lib/env'

/** What a provider tells of a person, as far as we read it. */
export type Claims = {
  sub?: string
  id?: string | number
  name?: string | null
  login?: string
  email?: string | null
  email_verified?: boolean | string
}

type Provider = OAuthConfig<Claims>

/** What of next-auth's OpenID client is used here. */
type OpenIdCall = {
  client: { issuer: { metadata: { userinfo_endpoint?: string } }; userinfo(tokens: unknown): Promise<Claims> }
  tokens: { claims(): Claims }
}
type GitHubEmail = { email: string; primary: boolean; verified: boolean }

/**
 * The e-mail that the provider says it has verified, in lower case: the only one that may open an account
 * that is already there.
 */
export function verifiedEmail(claims: Claims): string | undefined {
  const isVerified = claims.email_verified === true || claims.email_verified === 'true'
  return isVerified && typeof claims.email === 'string' && claims.email !== ''
    ? claims.email.toLowerCase()
    : undefined
}

/** Of GitHub's addresses the primary one, if it is verified. */
export function gitHubClaims(profile: Claims, emails: GitHubEmail[]): Claims {
  const primary = emails.find((one) => one.primary && one.verified)
  return { ...profile, email: primary?.email ?? null, email_verified: primary !== undefined }
}

function toUser(claims: Claims) {
  return {
    id: String(claims.sub ?? claims.id ?? ''),
    name: claims.name ?? claims.login ?? null,
    email: verifiedEmail(claims) ?? null,
    image: null,
  }
}

// Safe here, for `signIn` lets pass nobody without a verified e-mail, and no account is made by signing in.
const shared = { allowDangerousEmailAccountLinking: true, profile: toUser }

/** The sign-in providers that the settings name, besides the e-mail link. */
export function providersOf(setting: ReadySettings): Provider[] {
  return [
    setting.githubId && setting.githubSecret && gitHub(setting.githubId, setting.githubSecret),
    setting.googleId && setting.googleSecret && google(setting.googleId, setting.googleSecret),
    setting.oidcIssuer &&
      setting.oidcClientId &&
      setting.oidcClientSecret &&
      oidc(setting.oidcIssuer, setting.oidcClientId, setting.oidcClientSecret, setting.oidcName),
  ].filter((provider): provider is Provider => typeof provider === 'object')
}

function gitHub(clientId: string, clientSecret: string): Provider {
  const base = GitHub({ clientId, clientSecret }) as unknown as Provider
  return {
    ...base,
    ...shared,
    checks: ['pkce', 'state'],
    userinfo: {
      url: 'https://api.github.com/user',
      request: async ({ client, tokens }) => {
        const accessToken = tokens.access_token ?? ''
        const profile: Claims = await client.userinfo(accessToken)
        const response = await fetch('https://api.github.com/user/emails', {
          headers: { Authorization: `Bearer ${accessToken}`, Accept: 'application/vnd.github+json' },
          signal: AbortSignal.timeout(5000),
        })
        if (!response.ok)
          throw new Error(`GitHub answered ${response.status} for the addresses of the account.`)
        return gitHubClaims(profile, (await response.json()) as GitHubEmail[]) as never
      },
    },
    // next-auth lays `options` over everything else, so nothing but the credentials may stand there.
    options: { clientId, clientSecret },
  } as Provider
}

function google(clientId: string, clientSecret: string): Provider {
  const base = Google({ clientId, clientSecret }) as unknown as Provider
  return { ...base, ...shared, options: { clientId, clientSecret } } as Provider
}

function oidc(issuer: string, clientId: string, clientSecret: string, name: string): Provider {
  return {
    ...shared,
    id: 'oidc',
    name,
    type: 'oauth',
    wellKnown: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    authorization: { params: { scope: 'openid email profile' } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    userinfo: {
      // Many providers keep the e-mail out of the id token; the client checks that both speak of one person.
      request: async ({ client, tokens }: OpenIdCall) => {
        const claims = tokens.claims()
        if (claims.email !== undefined || client.issuer.metadata.userinfo_endpoint === undefined)
          return claims
        return { ...claims, ...(await client.userinfo(tokens)) }
      },
    },
    options: { clientId, clientSecret },
  } as unknown as Provider
}
