import { type Alarm, Refused, type Scope, Unavailable } from '../domain/errors.ts';
import { type Backoff, backoffDelayMs } from './cooldowns.ts';

/** What an error code of a platform means for sending the same part again. */
export type Meaning = 'never' | { readonly scope: Scope; readonly backoff?: Backoff; readonly alarm?: Alarm };

/** A refusal, as its error describes it. */
export interface RefusedSend {
  readonly code?: string | number | undefined;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Without secrets and personal data. */
  readonly cause?: Error | undefined;
}

/** Returns the error for a part that the platform certainly did not accept. `hint` says what an operator can do. */
export function refusedWith(
  platform: string,
  meaning: Meaning,
  refusal: RefusedSend,
  hint?: string,
): Unavailable | Refused {
  const code = refusal.code?.toString();
  const options = {
    ...(code !== undefined && { code }),
    ...(refusal.cause !== undefined && { cause: refusal.cause }),
  };
  if (meaning === 'never') {
    const why = hint === undefined ? '' : `; ${hint}`;
    return new Refused(`${platform} rejected the part: ${describe(refusal)}${why}`, options);
  }
  const retryAfterMs = Math.max(meaning.backoff?.firstMs ?? 0, refusal.retryAfterMs ?? 0);
  const message = `${platform} did not accept the part, which is sent again later: ${describe(refusal)}`;
  return new Unavailable(message, {
    ...options,
    scope: meaning.scope,
    alarm: meaning.alarm,
    ...(retryAfterMs > 0 && { retryAfterMs }),
  });
}

/** Returns the delay after a refusal that followed `consecutive` others. Never shorter than the platform asked for. */
export function delayAfter(
  { retryAfterMs }: Pick<Unavailable, 'retryAfterMs'>,
  backoff: Backoff,
  consecutive: number,
): number {
  return Math.max(
    retryAfterMs ?? backoff.firstMs,
    consecutive === 0 ? 0 : backoffDelayMs(backoff, consecutive),
  );
}

/** Returns a status and a code in words, for messages of errors. */
export function describe({ status, code }: Pick<RefusedSend, 'status' | 'code'>): string {
  const words = [status !== undefined && `HTTP ${status}`, code !== undefined && `code ${code}`];
  return words.filter((word) => word !== false).join(', ') || 'no code';
}

/** Returns the rows of a table of meanings. */
export function each(codes: readonly number[], meaning: Meaning): [number, Meaning][] {
  return codes.map((code) => [code, meaning]);
}
