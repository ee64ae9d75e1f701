import { type Alarm, OUTSIDE_WINDOW, Refused, type Scope, Unavailable, Unknown } from '../domain/errors.ts';
import { type Backoff, backoffDelayMs } from './cooldowns.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

interface SlowDown {
  readonly scope: Scope;
  readonly backoff?: Backoff;
  readonly alarm?: Alarm;
}

/**
 * What an error code of a platform means for sending the same part again. `outside-window`: a template is accepted instead.
 */
export type Meaning = 'never' | 'outside-window' | SlowDown;

/** Waiting turns are retried until an operator sets a new token. */
export const TOKEN_REFUSED: Meaning = {
  scope: 'number',
  backoff: { firstMs: 5 * SECOND, factor: 2, maxMs: 5 * MINUTE },
  alarm: 'token-refused',
};
/** An operator has to correct the number or the account. */
export const NUMBER_REFUSED: SlowDown = {
  scope: 'number',
  backoff: { firstMs: MINUTE, factor: 2, maxMs: HOUR },
  alarm: 'number-refused',
};
/** A single refusal does not prove a lasting limit, so the first delay is short; repeated refusals make it grow. */
export const THROTTLED: Backoff = { firstMs: SECOND, factor: 2, maxMs: MINUTE };

/** A code that the platform sent when it refused a part, or with the status of one that failed. */
interface Coded {
  readonly code?: string | number | undefined;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Without secrets and personal data. */
  readonly cause?: Error | undefined;
}

/** An unsuccessful response. `code` is that of its body; absent when the response had none. */
export interface Refusal extends Coded {
  readonly status: number;
  readonly code?: number;
}

interface RefusalRules {
  /** For error messages. */
  readonly platform: string;
  readonly meanings: ReadonlyMap<number, Meaning>;
  /** The code of a refused token, which others for it are mapped to. */
  readonly tokenCode: string;
  /** What HTTP 429 slows down, whatever its code. */
  readonly throttles: Scope;
  /** Returns what an operator can do about a code. */
  readonly hintFor: (code: number) => string | undefined;
}

export interface Refusals {
  /**
   * Returns the error for a refusal. A known code decides; otherwise the HTTP status does: 429 slows down, 401 is the token,
   * 5xx has an unknown outcome.
   */
  refusalError(refusal: Refusal): Unavailable | Refused | Unknown;
  /** Returns the error for the code of a failed status. */
  statusError(code: string | undefined): Unavailable | Refused;
  /** Returns the delay after a refusal that followed `consecutive` others. Never shorter than the platform asked for. */
  delayMs(failure: Pick<Unavailable, 'code' | 'retryAfterMs'>, consecutive: number): number;
}

/** The refusals of a platform, by its table of codes. */
export function createRefusals({
  platform,
  meanings,
  tokenCode,
  throttles,
  hintFor,
}: RefusalRules): Refusals {
  function error(meaning: Meaning, from: Coded): Unavailable | Refused {
    const code = meaning === TOKEN_REFUSED ? tokenCode : from.code?.toString();
    const words = describe({ status: from.status, code });
    const options = {
      ...(code !== undefined && { code }),
      ...(from.cause !== undefined && { cause: from.cause }),
    };
    if (meaning === 'never') {
      const hint = hintFor(Number(from.code));
      const why = hint === undefined ? '' : `; ${hint}`;
      return new Refused(`${platform} rejected the part: ${words}${why}`, options);
    }
    if (meaning === 'outside-window') {
      const why = 'more than 24 hours have passed since the person wrote';
      return new Refused(`${platform} rejected the part: ${words}; ${why}`, {
        ...options,
        code: OUTSIDE_WINDOW,
      });
    }
    const retryAfterMs = Math.max(meaning.backoff?.firstMs ?? 0, from.retryAfterMs ?? 0);
    return new Unavailable(`${platform} did not accept the part, which is sent again later: ${words}`, {
      ...options,
      scope: meaning.scope,
      alarm: meaning.alarm,
      ...(retryAfterMs > 0 && { retryAfterMs }),
    });
  }

  return {
    refusalError(refusal) {
      const { status, code, cause } = refusal;
      const known = code === undefined ? undefined : meanings.get(code);
      if (known !== undefined && !(typeof known === 'string' && status === 429)) return error(known, refusal);
      if (status === 429) return error({ scope: throttles, backoff: THROTTLED }, refusal);
      if (status === 401) return error(TOKEN_REFUSED, refusal);
      if (status >= 500 || status < 300 || status === 408) {
        const message = `${platform} responded with ${describe(refusal)}: it may have accepted the part`;
        return new Unknown(message, { cause });
      }
      // A redirect, a response of a proxy, or a code that is not in the table: not accepted, and worth a few attempts.
      return error({ scope: 'turn' }, refusal);
    },

    statusError: (code) => error(meanings.get(Number(code)) ?? { scope: 'turn' }, { code }),

    delayMs({ code, retryAfterMs }, consecutive) {
      const meaning = meanings.get(Number(code));
      const backoff = (typeof meaning === 'object' && meaning.backoff) || THROTTLED;
      return Math.max(
        retryAfterMs ?? backoff.firstMs,
        consecutive === 0 ? 0 : backoffDelayMs(backoff, consecutive),
      );
    },
  };
}

/** Returns a status and a code in words. */
function describe({ status, code }: Pick<Coded, 'status' | 'code'>): string {
  const words = [status !== undefined && `HTTP ${status}`, code !== undefined && `code ${code}`];
  return words.filter((word) => word !== false).join(', ') || 'no code';
}

/** Returns the rows of a table of meanings. */
export function each(codes: readonly number[], meaning: Meaning): [number, Meaning][] {
  return codes.map((code) => [code, meaning]);
}
