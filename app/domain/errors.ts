/**
 * Errors that cross a port. Each one answers the question of whoever catches it: may this be tried again, and when?
 * Adapters translate what their platform says into one of these, always with `cause`.
 */

/**
 * Who has to slow down. `turn`: only this piece of work, and the attempt counts. Anything wider is nobody's fault in
 * particular: the work is kept and its attempt given back.
 * `pair` is one person with one number, `number` one business number, `account` its WhatsApp Business Account,
 * `app` all of us.
 */
export type Scope = 'turn' | 'pair' | 'number' | 'account' | 'app';

/**
 * Why an operator is called, in the words of log lines; alarms are made of them. The first four are failures that end when
 * somebody has mended something, and not before.
 */
export const ALARMS = [
  'token-refused',
  'number-refused',
  'backend-key',
  'assistant-refused',
  'dead-letter',
  'standby',
  'account-restricted',
] as const;
export type Alarm = (typeof ALARMS)[number];

/** The code of an `Unavailable`: the model was asked and wrote nothing. */
export const EMPTY_ANSWER = 'empty-answer';

interface UnavailableOptions extends ErrorOptions {
  /** Not before this long from now. Absent: the caller's own back-off decides. */
  readonly retryAfterMs?: number;
  readonly scope?: Scope;
  /** The other side's own code for it, for logs and metrics. */
  readonly code?: string | undefined;
  /** Set where only an operator can mend it. */
  readonly alarm?: Alarm | undefined;
}

/** It certainly did not happen; the same call may succeed later. */
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

  /** The same failure, with another rest. */
  withRetryAfter(retryAfterMs: number): Unavailable {
    const { message, scope, code, alarm, cause } = this;
    return new Unavailable(message, { scope, code, alarm, cause, retryAfterMs });
  }
}

interface CodedErrorOptions extends ErrorOptions {
  readonly code?: string;
}

/** It certainly did not happen, and the same call will never succeed. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string | undefined;

  constructor(message: string, options: CodedErrorOptions = {}) {
    super(message, options);
    this.code = options.code;
  }
}

/** It may have happened: nobody may repeat it before finding out. */
export class Unknown extends Error {
  override readonly name = 'Unknown';
}

/** The assistant no longer knows this person or this thread: register again, open a new thread. */
export class Forgotten extends Error {
  override readonly name = 'Forgotten';
}

/** Somebody else holds the conversation now: whatever the loser was doing has no effect, and it must stop. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
