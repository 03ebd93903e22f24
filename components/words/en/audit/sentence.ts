export const did = (action: string) => `did ${action} to`
