export const approveTool = (tool: string) => `Approve ${tool}`
export const approve = 'Approve'
export const rejectTool = (tool: string) => `Reject ${tool}`
export const reject = 'Reject'
