import { type Refused, Unavailable } from '#app/domain/errors.ts';
import type { Person } from '#app/domain/message.ts';
import type { Channel, OutgoingPart } from '#app/ports/channel.ts';

export interface ScriptedChannel extends Channel {
  /** Absent unless a test sets it: most tests have a platform that cannot be asked. */
  find?: NonNullable<Channel['find']>;
  /** The parts that the platform accepted, in order, including those whose response was lost. */
  readonly sent: { readonly to: Person; readonly part: OutgoingPart; readonly platformId: string }[];
  /** The keys of all attempted sends, whatever their outcome. */
  readonly attempted: string[];
  readonly typingFor: string[];
  /** The next sends, one step each; later ones succeed. */
  readonly next: ((accept: () => string) => string | Promise<string>)[];
}

/** A platform that follows a script, and accepts every other part. */
export function scriptedChannel(failures: Record<string, Unavailable | Refused> = {}): ScriptedChannel {
  const channel: ScriptedChannel = {
    maxPartLength: 200,
    sent: [],
    attempted: [],
    typingFor: [],
    next: [],
    async send(_business, to, part) {
      channel.attempted.push(part.key);
      const accept = () => {
        const platformId = `wamid.out-${channel.sent.length + 1}`;
        channel.sent.push({ to, part, platformId });
        return platformId;
      };
      const step = channel.next.shift();
      return step === undefined ? accept() : step(accept);
    },
    async showTyping(_business, messageId) {
      channel.typingFor.push(messageId);
    },
    hasTemplate: () => false,
    failure: (_business, _to, codes) => {
      const code = codes.at(-1) ?? 'none';
      return failures[code] ?? new Unavailable('try again', { code });
    },
  };
  return channel;
}
