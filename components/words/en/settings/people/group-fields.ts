export const name = 'Name'
export const inPolicies = 'In policies'
