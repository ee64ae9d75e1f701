/**
 * Errors that cross a port. Each one tells the catcher whether the call may be repeated, and when. Adapters translate their
 * platform's errors into these, with `cause`.
 */

/**
 * What a failure affects, and what has to back off. `turn`: this turn only, and the attempt counts. A wider scope is not the
 * turn's fault: its attempt does not count. `pair`: one person with one business number. `number`: one business number.
 * `account`: its WhatsApp Business Account. `business`: all numbers of one business. `app`: the whole service.
 */
export type Scope = 'turn' | 'pair' | 'number' | 'account' | 'business' | 'app';

/**
 * Values of the `alarm` field of log lines, from which alarms are built. The first five are failures that last until an
 * operator fixes them.
 */
export const ALARMS = [
  'token-refused',
  'number-refused',
  'backend-key',
  'assistant-refused',
  'business-unusable',
  'dead-letter',
  'standby',
  'account-restricted',
  'general-purpose-ai',
  'businesses-unavailable',
  'hand-off-undelivered',
] as const;
/** Only the store of one machine logs these; in AWS nothing is made of them. */
const LOCAL_ALARMS = ['store-damaged'] as const;
export type Alarm = (typeof ALARMS | typeof LOCAL_ALARMS)[number];

/** Code of an `Unavailable`: the model returned an empty answer. */
export const EMPTY_ANSWER = 'empty-answer';

/** Code of an `Unavailable`: the business is at a limit of its own. The turn waits, and nothing is wrong. */
export const AT_LIMIT = 'at-limit';

/** Code of a `Refused`: the platform accepts no free text, since the person's last message is older than 24 hours. */
export const OUTSIDE_WINDOW = 'outside-window';

interface UnavailableOptions extends ErrorOptions {
  /** Minimum delay before a retry. Absent: the caller's own back-off decides. */
  readonly retryAfterMs?: number;
  readonly scope?: Scope;
  /** The platform's error code, for logs and metrics. */
  readonly code?: string | undefined;
  /** Set if only an operator can fix it. */
  readonly alarm?: Alarm | undefined;
}

/** The call certainly had no effect; the same call may succeed later. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly retryAfterMs: number | undefined;
  readonly scope: Scope;
  readonly code: string | undefined;
  readonly alarm: Alarm | undefined;

  constructor(message: string, options: UnavailableOptions = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
    this.scope = options.scope ?? 'turn';
    this.code = options.code;
    this.alarm = options.alarm;
  }

  /** Returns the same failure with another delay. */
  withRetryAfter(retryAfterMs: number): Unavailable {
    return new Unavailable(this.message, { ...this.#options(), retryAfterMs });
  }

  /** Returns the same failure with another scope. */
  withScope(scope: Scope): Unavailable {
    return new Unavailable(this.message, { ...this.#options(), scope });
  }

  #options(): UnavailableOptions {
    const { scope, code, alarm, cause, retryAfterMs } = this;
    return { scope, code, alarm, cause, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
}

interface CodedErrorOptions extends ErrorOptions {
  readonly code?: string;
}

/** The call certainly had no effect, and the same call will never succeed. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string | undefined;

  constructor(message: string, options: CodedErrorOptions = {}) {
    super(message, options);
    this.code = options.code;
  }
}

/** The call may have had its effect: it must not be repeated before the outcome is known. */
export class Unknown extends Error {
  override readonly name = 'Unknown';
}

/** The assistant no longer has this person or this thread: register again, open a new thread. */
export class Forgotten extends Error {
  override readonly name = 'Forgotten';
}

/** Another worker holds the lease now: this worker's writes have no effect, and it must stop. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
