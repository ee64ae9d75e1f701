/** Planned in the place of a bundle that is not built. */
export const handler = undefined;
