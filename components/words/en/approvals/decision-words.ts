/** What is said below the reason's field, where it is free to be given and where it is asked for. */
export const reasonHints = {
  approve: {
    free: 'Optional. Kept in the audit log.',
    asked: 'The policy asks for one. Kept in the audit log.',
  },
  reject: {
    free: 'The agent and the audit log get these words.',
    asked: 'The policy asks for one. The agent and the audit log get these words.',
  },
  request_changes: {
    free: 'Needed. The agent and the audit log get these words.',
    asked: 'Needed. The agent and the audit log get these words.',
  },
}
/** What a rejection does to the run. */
export const rejection = {
  fail: 'The run fails and its other requests are withdrawn',
  continue: 'The agent is told and goes on without it',
}
