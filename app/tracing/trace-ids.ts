import { createHash } from 'node:crypto';

/** Ids of W3C Trace Context, computed so that both programs and every attempt use the same ones for the same thing. */
export interface TraceIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

/** Returns the trace of a turn, whose attempts are its root spans. */
export function idsOfTurn(turn: string, attempt: number): TraceIds {
  return { traceId: digits(turn, 32), spanId: digits(`${turn} ${attempt}`, 16) };
}

/** Returns the trace of a message's delivery, from the hash of its id. */
export function idsOfMessage(hash: string): TraceIds {
  return { traceId: digits(`message ${hash}`, 32), spanId: digits(`delivery ${hash}`, 16) };
}

function digits(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
