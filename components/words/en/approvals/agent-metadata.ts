export const agentSaysWhereFrom = 'The agent says where this comes from'
