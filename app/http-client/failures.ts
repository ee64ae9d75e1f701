import { TimeoutError } from 'got';
import { Unavailable } from '../domain/errors.ts';

/** `idle`: the response stopped half-way. */
type Reason = 'idle' | 'too-long' | 'not-utf-8' | 'timeout' | 'aborted' | 'network';

/** How a call failed, without what was in it. */
export interface CallFailure {
  /** The other side, for error messages. */
  readonly name: string;
  /** False: the request certainly did not arrive. */
  readonly sent: boolean;
  readonly reason: Reason;
  /** A word of Node.js or got (`ECONNRESET`, `timeout-connect`), never data. */
  readonly code: string;
  readonly signal: AbortSignal | undefined;
  readonly cause: Error;
}

const REASONS: readonly unknown[] = ['idle', 'too-long', 'not-utf-8'] satisfies Reason[];

/** got's errors carry the whole request (key, phone number, text) and the URL, so only names and codes are kept. */
export function callFailure(
  name: string,
  error: unknown,
  { sent, signal }: Pick<CallFailure, 'sent' | 'signal'>,
): CallFailure {
  const cause = bare(error);
  if (isReason(error)) return { name, sent, reason: error, code: error, signal, cause };
  if (signal?.aborted) {
    return { name, sent, reason: 'aborted', code: codeOf(error) ?? 'aborted', signal, cause };
  }
  if (error instanceof TimeoutError) {
    return { name, sent, reason: 'timeout', code: `timeout-${error.event}`, signal, cause };
  }
  return { name, sent, reason: 'network', code: codeOf(error) ?? 'network', signal, cause };
}

function isReason(error: unknown): error is 'idle' | 'too-long' | 'not-utf-8' {
  return REASONS.includes(error);
}

/** For calls that may be made again: `Unavailable`, or the signal's reason once that aborts. */
export function unavailable({ name, reason, code, signal, cause }: CallFailure): unknown {
  if (signal?.aborted) return signal.reason;
  return new Unavailable(`${name} ${WORDS[reason]}`, { code, cause });
}

const WORDS: Readonly<Record<Reason, string>> = {
  idle: 'stopped in the middle of its answer',
  'too-long': 'answers more than may be read',
  'not-utf-8': 'answers bytes that are not UTF-8',
  timeout: 'took too long',
  aborted: 'was not waited for',
  network: 'cannot be reached, or its answer was cut',
};

/** Its name and code only. */
function bare(error: unknown): Error {
  const name = error instanceof Error ? error.name : 'Error';
  return new Error([name, codeOf(error)].filter(Boolean).join(' '));
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(error.code) ? error.code : undefined;
}
