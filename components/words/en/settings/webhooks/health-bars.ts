export const deliveredAndFailed = (delivered: number, failed: number) =>
  failed > 0 ? `${delivered} delivered, ${failed} failed` : `${delivered} delivered`
