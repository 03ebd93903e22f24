export const leaveThisPage = 'Leave this page?'
export const discardAndLeave = 'Discard and leave'
export const leaveButKeep = 'Leave, keep the draft'
export const stay = 'Stay'
