import { Unavailable } from '../domain/errors.ts';

interface UnusableOptions {
  /** Default: half a minute. */
  readonly retryAfterMs?: number;
  readonly cause?: Error | undefined;
}

/** An operator corrects the database meanwhile. */
const RETRY_MS = 30_000;

/** Returns the failure of a call that worked and found what only an operator can correct. */
export function unusable(
  message: string,
  code: string,
  { retryAfterMs = RETRY_MS, cause }: UnusableOptions = {},
): Unavailable {
  return new Unavailable(message, {
    ...{ scope: 'number', alarm: 'business-unusable', code, retryAfterMs },
    ...(cause !== undefined && { cause }),
  });
}

export function isUnusable(error: unknown): error is Unavailable {
  return error instanceof Unavailable && error.alarm === 'business-unusable';
}
