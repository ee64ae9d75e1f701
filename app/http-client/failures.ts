import { TimeoutError } from 'got';
import { Unavailable } from '../domain/errors.ts';

/** Why a response was not read to its end. `idle`: it stalled. */
const READING_REASONS = ['idle', 'too-long', 'not-utf-8'] as const;
type ReadingReason = (typeof READING_REASONS)[number];
type Reason = ReadingReason | 'timeout' | 'aborted' | 'network';

/** How a call failed, without its content. */
export interface CallFailure {
  /** The other side, for error messages. */
  readonly name: string;
  /** False when the request certainly did not arrive. */
  readonly sent: boolean;
  readonly reason: Reason;
  /** A code of Node.js or got (`ECONNRESET`, `timeout-connect`), never data. */
  readonly code: string;
  readonly signal: AbortSignal | undefined;
  readonly cause: Error;
}

/** got's errors hold the whole request (key, phone number, text) and the URL, so only names and codes are copied. */
export function callFailure(
  name: string,
  error: unknown,
  { sent, signal }: Pick<CallFailure, 'sent' | 'signal'>,
): CallFailure {
  const cause = withoutData(error);
  if (isReadingReason(error)) return { name, sent, reason: error, code: error, signal, cause };
  if (signal?.aborted) {
    return { name, sent, reason: 'aborted', code: codeOf(error) ?? 'aborted', signal, cause };
  }
  if (error instanceof TimeoutError) {
    return { name, sent, reason: 'timeout', code: `timeout-${error.event}`, signal, cause };
  }
  return { name, sent, reason: 'network', code: codeOf(error) ?? 'network', signal, cause };
}

function isReadingReason(error: unknown): error is ReadingReason {
  return READING_REASONS.some((reason) => reason === error);
}

/** For calls that may be retried. Returns `Unavailable`, or the signal's reason once that aborts. */
export function unavailable({ name, reason, code, signal, cause }: CallFailure): unknown {
  if (signal?.aborted) return signal.reason;
  return new Unavailable(`${name} ${MESSAGES[reason]}`, { code, cause });
}

const MESSAGES: Readonly<Record<Reason, string>> = {
  idle: 'stalled in the middle of its response',
  'too-long': 'sent a response that is too long',
  'not-utf-8': 'sent a response that is not UTF-8',
  timeout: 'took too long',
  aborted: 'was called and the call was aborted',
  network: 'cannot be reached, or the connection broke',
};

/** Returns an error with the name and code only. */
function withoutData(error: unknown): Error {
  const name = error instanceof Error ? error.name : 'Error';
  return new Error([name, codeOf(error)].filter(Boolean).join(' '));
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(error.code) ? error.code : undefined;
}
