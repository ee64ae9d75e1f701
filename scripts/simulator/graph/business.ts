import type { SimulatorOptions } from '../options.ts';
import { ask } from '../webhook/verify.ts';
import { GraphError } from './errors.ts';

/** A callback that takes the place of the app's own. */
export interface Override {
  readonly url: string;
  readonly verifyToken: string;
}

/** What the calls about the number, its account and the app read and change. In memory, as all of this. */
export interface Business {
  /** Without registration nothing can be sent. */
  registered: boolean;
  displayName: string;
  profile: Record<string, unknown>;
  settings: Record<string, unknown>;
  /** Whether the app gets the account's webhooks. */
  subscribed: boolean;
  /** The app's own callback; the simulator's option until it is set. */
  appCallback: string;
  accountOverride?: Override;
  numberOverride?: Override;
  /** Where webhooks go: the number's callback before the account's before the app's. Undefined: nowhere. */
  callback(): string | undefined;
  /** Resolves when the address has answered the challenge. Throws Graph's 2200 otherwise. */
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
    callback() {
      if (!this.subscribed) return undefined;
      return this.numberOverride?.url ?? this.accountOverride?.url ?? this.appCallback;
    },
    async verify({ url, verifyToken }) {
      const { passed, status } = await ask(url, verifyToken, options.answerMs);
      if (passed) return;
      const reason = status === undefined ? 'no answer' : `HTTP Status Code = ${status}`;
      throw new GraphError(2200, {
        message: `Callback verification failed with the following errors: ${reason}; HTTP Message = the challenge did not come back.`,
      });
    },
  };
}
