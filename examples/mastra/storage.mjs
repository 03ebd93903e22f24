// Mastra's snapshots of a suspended agent, kept with the run. With a storage that lasts (LibSQL, PostgreSQL) leave it out.
export async function keptInRun(run, storage, runId) {
  const workflows = await storage.getStore('workflows')
  const kept = await run.checkpoint.load()
  const { snapshots = [], toolCallId } = kept ? JSON.parse(new TextDecoder().decode(kept.bytes)) : {}
  for (const { workflowName, snapshot } of snapshots) {
    await workflows.persistWorkflowSnapshot({ workflowName, runId, snapshot })
  }
  return {
    toolCallId,
    save: async (toolCallId) => {
      const { runs } = await workflows.listWorkflowRuns()
      await run.checkpoint.save(
        JSON.stringify({ snapshots: runs.filter((one) => one.runId === runId), toolCallId }),
      )
    },
  }
}
