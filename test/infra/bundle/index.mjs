/** Stands for the bundle of the worker. */
export const handler = async () => ({ batchItemFailures: [] });
