export const approvals = 'Approvals'
export const loadingApprovals = 'Loading approvals'
