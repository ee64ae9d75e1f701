import { randomUUID } from 'node:crypto';

/**
 * Returns what ansari-backend answers at once to a call that is no question, as for a person without a thread; undefined for
 * any other path. Nothing is remembered, so that a measurement measures the service alone.
 */
export function answerAtOnce(path: string): object | undefined {
  if (path.endsWith('/users/exists')) return { exists: true };
  if (path.endsWith('/threads/last')) return { thread_id: null, last_message_time: null };
  if (path.endsWith('/history')) return { thread_name: null, messages: [] };
  if (path.endsWith('/threads')) return { thread_id: randomUUID() };
  return undefined;
}
