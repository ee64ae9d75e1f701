import { Refused, Unavailable } from '../domain/errors.ts';
import type { Person } from '../domain/message.ts';
import type { Business } from '../ports/businesses.ts';
import type { Channel, OutgoingPart } from '../ports/channel.ts';
import type { Refusals } from './refusals.ts';
import type { Route, SendLimits } from './send-limits.ts';

/** Where a part is sent. */
export type Recipient = { readonly phone: string } | { readonly userId: string };

interface SendingOptions {
  /** Returns whether the code says that the part was not delivered to the phone. */
  readonly isUndeliverable: (code: string) => boolean;
  readonly limits: SendLimits;
  readonly refusals: Pick<Refusals, 'statusError' | 'delayMs'>;
  /** Sends once. Resolves to the platform's id. */
  readonly sendTo: (recipient: Recipient, business: Business, part: OutgoingPart) => Promise<string>;
}

interface Sending extends Pick<Channel, 'send' | 'failure'> {
  /** Returns where the next send of a part goes. Throws `Refused` for a person without an address. */
  recipientOf(to: Person, failures: readonly string[] | undefined): Recipient;
}

/**
 * Sends to people with two addresses: to the phone where both are known, as WhatsApp does, and to the user id after a part
 * was not delivered to the phone.
 */
export function sendingToTwoAddresses(options: SendingOptions): Sending {
  const { isUndeliverable, limits, refusals, sendTo } = options;

  /** Returns true when the part was sent to the phone only, and the person has a user id. */
  function isUserIdUntried({ phone, userId }: Person, failures: readonly string[]): boolean {
    return phone !== undefined && userId !== undefined && !failures.some(isUndeliverable);
  }

  function recipientOf(to: Person, failures: readonly string[] = []): Recipient {
    const { phone, userId } = to;
    if (phone !== undefined && (userId === undefined || isUserIdUntried(to, failures))) return { phone };
    if (userId !== undefined) return { userId };
    throw new Refused('The person has neither a phone number nor a user id');
  }

  return {
    recipientOf,

    async send(business, to, part) {
      const { failures = [] } = part;
      try {
        return await sendTo(recipientOf(to, failures), business, part);
      } catch (error) {
        const code = error instanceof Refused ? error.code : undefined;
        if (code === undefined || !isUndeliverable(code) || !isUserIdUntried(to, failures)) throw error;
        return await sendTo(recipientOf(to, [...failures, code]), business, part);
      }
    },

    failure(business, to, codes) {
      const code = codes.at(-1);
      if (code !== undefined && isUndeliverable(code) && isUserIdUntried(to, codes.slice(0, -1))) {
        return new Unavailable('not delivered to the phone; the part is sent to the user id', { code });
      }
      const failure = refusals.statusError(code);
      if (failure instanceof Refused || failure.scope === 'turn') return failure;
      const route = routeOf(business, recipientOf(to, codes));
      // Each send was accepted before it failed, which resets the consecutive refusals in `limits`.
      const before = codes.filter((other) => other === code).length - 1;
      const { retryAfterMs = 0 } = limits.slowDown(route, failure);
      return failure.withRetryAfter(Math.max(retryAfterMs, refusals.delayMs(failure, before)));
    },
  };
}

/** Returns the route to a person; without one, that of a call which has no recipient. */
export function routeOf(business: Business, recipient?: Recipient): Route {
  return {
    number: business.number,
    accessToken: business.accessToken(),
    ...(recipient !== undefined && { person: identityOf(recipient) }),
  };
}

function identityOf(recipient: Recipient): string {
  return 'phone' in recipient ? recipient.phone : recipient.userId;
}
