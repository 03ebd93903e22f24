export const awaitsApproval = (tool: string) => `${tool} awaits approval`
