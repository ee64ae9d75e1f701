import { createHash } from 'node:crypto';
import { currentTurn } from './current-turn.ts';

/**
 * Returns the header of W3C Trace Context (level 1, section 3.2) for a call that belongs to a turn, so that the logs of an
 * assistant can be found from ours; nothing outside a turn. Not sent to a platform.
 */
export function traceparentOfTurn(): Readonly<Record<string, string>> {
  const turn = currentTurn();
  if (turn === undefined) return {};
  const traceId = traceIdOf(turn);
  return { traceparent: `00-${traceId}-${traceId.slice(0, 16)}-01` };
}

/** Returns the trace id of a turn: 32 hexadecimal digits. */
export function traceIdOf(turn: string): string {
  return createHash('sha256').update(turn).digest('hex').slice(0, 32);
}
