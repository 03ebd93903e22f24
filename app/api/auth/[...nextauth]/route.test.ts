import { beforeAll, expect, test } from 'vitest'

beforeAll(() => {
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@localhost:1/none',
    AUTH_SECRET: 'test-secret-of-more-than-thirty-two-characters-4711',
    APP_URL: 'https://hold.example.com',
    GITHUB_ID: 'id',
    GITHUB_SECRET: 'secret',
  })
})

test('a callback that nobody has begun goes to the sign-in page, and next-auth says nothing to it', async () => {
  const { GET } = await import('./route')
  const request = new Request('https://hold.example.com/api/auth/callback/github?code=x&state=y')
  const answer = await GET(request, { params: Promise.resolve({ nextauth: ['callback', 'github'] }) })
  expect([answer.status, answer.headers.get('location'), answer.headers.get('set-cookie')]).toEqual([
    302,
    'https://hold.example.com/sign-in?error=OAuthCallback',
    null,
  ])
})
