import type { SimulatorOptions } from '../options.ts';
import { verifyCallback } from '../webhook/verify.ts';
import { GraphError } from './errors.ts';

/** A callback that replaces the one of the app. */
export interface Override {
  readonly url: string;
  readonly verifyToken: string;
}

/** The state that calls about the number, its account and the app read and change. In memory. */
export interface Business {
  /** Without registration nothing can be sent. */
  registered: boolean;
  displayName: string;
  profile: Record<string, unknown>;
  settings: Record<string, unknown>;
  /** True when the app receives the webhooks of the account. */
  subscribed: boolean;
  /** The app's own callback; the simulator's option until it is set. */
  appCallback: string;
  /** The webhook fields that are switched on in the app. */
  appFields: readonly string[];
  accountOverride?: Override;
  numberOverride?: Override;
  /**
   * Returns the URL for messages and statuses: that of the number, else the account, else the app. Undefined: the app is not
   * subscribed, or its field `messages` is off.
   */
  callback(): string | undefined;
  /** Resolves when the address passes the challenge. Throws Graph's 2200 otherwise. */
  verify(override: Override): Promise<void>;
}

export function createBusiness(options: SimulatorOptions): Business {
  return {
    registered: true,
    displayName: 'Ansari',
    profile: { about: 'Answers about Islam', vertical: 'NONPROFIT', websites: ['https://ansari.chat/'] },
    settings: {},
    subscribed: true,
    appCallback: options.webhookUrl,
    appFields: ['messages'],
    callback() {
      if (!this.subscribed || !this.appFields.includes('messages')) return undefined;
      return this.numberOverride?.url ?? this.accountOverride?.url ?? this.appCallback;
    },
    async verify({ url, verifyToken }) {
      const { passed, status } = await verifyCallback(url, verifyToken, options.responseTimeoutMs);
      if (passed) return;
      const reason = status === undefined ? 'no answer' : `HTTP Status Code = ${status}`;
      throw new GraphError(2200, {
        message: `Callback verification failed with the following errors: ${reason}; HTTP Message = the challenge did not come back.`,
      });
    },
  };
}
