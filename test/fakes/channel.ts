import { type Refused, Unavailable } from '#app/domain/errors.ts';
import type { Person } from '#app/domain/message.ts';
import type { Channel, OutgoingPart } from '#app/ports/channel.ts';

export interface ScriptedChannel extends Channel {
  /** What the platform took, in order: also what it took without saying so. */
  readonly taken: { readonly to: Person; readonly part: OutgoingPart; readonly platformId: string }[];
  /** The keys of all sends that began, however they ended. */
  readonly tried: string[];
  readonly typingFor: string[];
  /** The next sends go like this, one each; afterwards they succeed. */
  readonly next: ((take: () => string) => string | Promise<string>)[];
}

/** A platform that does as it is told, and otherwise takes everything. */
export function scriptedChannel(failures: Record<string, Unavailable | Refused> = {}): ScriptedChannel {
  const channel: ScriptedChannel = {
    maxPartLength: 200,
    taken: [],
    tried: [],
    typingFor: [],
    next: [],
    async send(_business, to, part) {
      channel.tried.push(part.key);
      const take = () => {
        const platformId = `wamid.out-${channel.taken.length + 1}`;
        channel.taken.push({ to, part, platformId });
        return platformId;
      };
      const step = channel.next.shift();
      return step === undefined ? take() : step(take);
    },
    async showTyping(_business, messageId) {
      channel.typingFor.push(messageId);
    },
    failure: (_business, _to, codes) => {
      const code = codes.at(-1) ?? 'none';
      return failures[code] ?? new Unavailable('try again', { code });
    },
  };
  return channel;
}
