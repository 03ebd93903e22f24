import { expect, it } from 'vitest'
import { api, approvalUrl, linkBase, pages } from './paths'

it('builds every page’s path', () => {
  expect({
    start: pages.start(),
    signIn: pages.signIn(),
    signInThere: pages.signIn({ return_to: '/desk/runs?agent=a' }),
    confirmSignIn: pages.confirmSignIn({ token: 'hps_1', return_to: undefined }),
    setup: pages.setup(),
    setupWithCode: pages.setup('c-1'),
    invitation: pages.invitation('hpi_1'),
    errorCode: pages.errorCode('already_decided'),
    keptMails: pages.keptMails(),
    keptMail: pages.keptMails('mail_1'),
    docs: pages.docs(),
    guide: pages.docs('policy'),
    place: pages.place('desk', 'settings'),
    approvals: pages.approvals('desk'),
    approval: pages.approvals('desk', { approval: 'apr_1' }),
    found: pages.approvals('desk', { status: 'approved', q: 'a b&c' }),
    runs: pages.runs('desk', { agent: 'order-manager' }),
    run: pages.run('desk', 'order:1/2'),
    agents: pages.agents('desk', { cursor: 'c' }),
    agent: pages.agent('desk', 'order-manager'),
    agentVersion: pages.agent('desk', 'order-manager', 3),
    newAgent: pages.newAgent('desk'),
    audit: pages.audit('desk', { actor: 'usr_1' }),
    settings: pages.settings('desk', 'members'),
    settingsPage: pages.settings('desk', 'keys', { cursor: 'c' }),
    webhook: pages.webhook('desk', 'whk_1'),
  }).toEqual({
    start: '/',
    signIn: '/sign-in',
    signInThere: '/sign-in?return_to=%2Fdesk%2Fruns%3Fagent%3Da',
    confirmSignIn: '/sign-in/confirm?token=hps_1',
    setup: '/setup',
    setupWithCode: '/setup?code=c-1',
    invitation: '/invite/hpi_1',
    errorCode: '/docs/errors/already_decided',
    keptMails: '/dev/mail',
    keptMail: '/dev/mail?mail=mail_1',
    docs: '/docs',
    guide: '/docs/policy',
    place: '/desk/settings',
    approvals: '/desk/approvals',
    approval: '/desk/approvals?approval=apr_1',
    found: '/desk/approvals?status=approved&q=a+b%26c',
    runs: '/desk/runs?agent=order-manager',
    run: '/desk/runs/order%3A1%2F2',
    agents: '/desk/agents?cursor=c',
    agent: '/desk/agents/order-manager',
    agentVersion: '/desk/agents/order-manager?version=3',
    newAgent: '/desk/agents/new?form',
    audit: '/desk/audit?actor=usr_1',
    settings: '/desk/settings/members',
    settingsPage: '/desk/settings/keys?cursor=c',
    webhook: '/desk/settings/webhooks/whk_1',
  })
})

it('builds every address of the API that a page asks', () => {
  expect([
    api.approvals('desk', { status: 'pending', limit: 50, q: '' }),
    api.approval('desk', 'apr_1'),
    api.me('desk'),
    api.toolCall('desk', 'run_1', 'a/b'),
    api.step('desk', 'run_1', 'stp_1'),
    api.stream('desk'),
    api.runs('desk', { agent: undefined }),
    api.run('desk', 'run_1'),
    api.check('desk', 'order-manager'),
    api.audit('desk', { limit: 50 }),
    api.verifyAudit('desk'),
    api.exportAudit('desk', 'csv'),
    api.notices('desk', { limit: 20 }),
    api.deliveries('desk', 'whk_1', { limit: 20 }),
  ]).toEqual([
    '/api/approvals?project=desk&status=pending&limit=50',
    '/api/approvals/apr_1?project=desk',
    '/api/me?project=desk',
    '/api/runs/run_1/tool-calls/a%2Fb?project=desk',
    '/api/runs/run_1/steps/stp_1?project=desk',
    '/api/approvals/stream?project=desk',
    '/api/runs?project=desk',
    '/api/runs/run_1?project=desk',
    '/api/agents/order-manager/check?project=desk',
    '/api/audit?project=desk&limit=50',
    '/api/audit/verify?project=desk',
    '/api/audit/export?project=desk&format=csv',
    '/api/notices?project=desk&limit=20',
    '/api/webhooks/whk_1/deliveries?project=desk&limit=20',
  ])
})

it('links from outside to an approval', () => {
  const base = linkBase({ appUrl: 'https://holdpoint.example', project: { slug: 'desk' } })
  expect(approvalUrl(base, 'apr_1')).toBe('https://holdpoint.example/desk/approvals?approval=apr_1')
})
