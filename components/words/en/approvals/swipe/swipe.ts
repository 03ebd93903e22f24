export const approve = 'Approve…'
export const reject = 'Reject…'
export const letGoTo = { approve: 'Let go to approve…', reject: 'Let go to reject…' }
