import { currentTurn } from './current-turn.ts';
import { idsOfTurn } from './trace-ids.ts';

/**
 * Returns a function that returns the header of W3C Trace Context (level 1, section 3.2) for a call that belongs to a turn,
 * so that the log and the traces of an assistant can be found from ours; nothing outside a turn. `sampled`: whether our
 * spans are exported. Not sent to a platform.
 */
export function traceparentOf(sampled: boolean): () => Readonly<Record<string, string>> {
  return () => {
    const current = currentTurn();
    if (current === undefined) return {};
    const { traceId, spanId } = idsOfTurn(current.turn, current.attempt);
    return { traceparent: `00-${traceId}-${spanId}-${sampled ? '01' : '00'}` };
  };
}
