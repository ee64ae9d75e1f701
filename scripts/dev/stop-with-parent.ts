/**
 * Loaded into each part before its program. Sends SIGTERM to the part when `npm run dev` has ended for any reason, so
 * that no process is left running.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
