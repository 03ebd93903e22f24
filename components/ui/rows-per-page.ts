/** As many rows as a list reads at once. */
export const rowsPerPage = 50
