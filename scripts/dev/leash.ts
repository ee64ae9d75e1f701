/**
 * Loaded into each part before its program: when `npm run dev` is gone, however it went, the part is asked to end,
 * so that nothing is left running behind.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
