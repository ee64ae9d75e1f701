import { acceptDelivery } from '#app/conversation/accept.ts';
import { createWork, type WorkRules } from '#app/conversation/work.ts';
import { type BusinessId, businessOf } from '#app/domain/business.ts';
import { Unavailable } from '#app/domain/errors.ts';
import type { DeliveredStatus, Delivery, Person } from '#app/domain/message.ts';
import type { Assistant } from '#app/ports/assistant.ts';
import type { Businesses } from '#app/ports/businesses.ts';
import type { Channel } from '#app/ports/channel.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { type ScriptedAssistant, scriptedAssistant } from '../../fakes/assistant.ts';
import type { SettableClock } from '../../fakes/clock.ts';
import { NO_HAND_OFFS } from '../../fakes/hand-offs.ts';
import { limitsIn } from '../../fakes/limits.ts';
import { businessWith, message } from '../../fakes/messages.ts';

const HOUR = 60 * 60 * 1000;
const RULES: WorkRules = {
  underMaintenance: false,
  handOffMs: 24 * HOUR,
  operatorQuietMs: 4 * HOUR,
  questionsPerDay: 0,
  aiNotice: false,
  staleAfterMs: 24 * HOUR,
  retentionMs: 3 * HOUR,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: 10_000,
  maxAttempts: 3,
  windowMs: 0,
};
/** Longer than a lease, a back-off or a send of unknown outcome keeps a turn waiting. */
const LATER_MS = 60_000;

/** One part that the platform took. */
interface Send {
  readonly business: BusinessId;
  readonly token: string;
  readonly number: string;
  readonly to: Person;
  readonly text: string;
  readonly key: string;
  readonly platformId: string;
}

let created = 0;

export type World = ReturnType<typeof createWorld>;

interface WorldOptions {
  /** Replaces the assistants of the businesses. */
  readonly assistantOf?: (business: BusinessId) => Assistant;
  /** The registry knows these businesses only; absent: all. */
  readonly visible?: readonly BusinessId[];
}

/** Two businesses with a number each, an assistant each, and one platform that records what each of them sends. */
export function createWorld(store: ConversationStore, clock: SettableClock, options: WorldOptions = {}) {
  created += 1;
  const serial = String(created).padStart(6, '0');
  const [a, b] = [`a${serial}`, `b${serial}`];
  const [ofA, ofB] = [`1000${serial}`, `2000${serial}`];
  const owners = new Map<string, BusinessId>([
    [ofA, a],
    [ofB, b],
  ]);
  const assistants = new Map<BusinessId, ScriptedAssistant>();
  const sends: Send[] = [];
  const woken = new Set<string>();
  const hooks: { onSend?: (send: Send) => unknown; beforeSend?: (business: BusinessId) => unknown } = {};

  const businesses: Businesses = {
    async find(_channel, number) {
      const id = owners.get(number);
      if (id === undefined || options.visible?.includes(id) === false) return undefined;
      return businessWith({ id, number, token: `token-of-${id}` });
    },
    async ready() {},
    async close() {},
  };

  const channel: Channel = {
    maxPartLength: 200,
    async send(business, to, { key, text }) {
      await hooks.beforeSend?.(business.id);
      const send: Send = {
        ...{ business: business.id, token: business.accessToken(), number: business.number },
        ...{ to, text: text.trim(), key, platformId: `wamid.out-${serial}-${sends.length}` },
      };
      sends.push(send);
      await hooks.onSend?.(send);
      return send.platformId;
    },
    async showTyping() {},
    hasTemplate: () => false,
    failure: (_business, _to, codes) => new Unavailable('again', { code: codes.at(-1) }),
  };

  function assistantOf(business: BusinessId): ScriptedAssistant {
    const known = assistants.get(business);
    if (known !== undefined) return known;
    const assistant = scriptedAssistant();
    assistant.defaultStep = ({ text }) => `${business} about ${text.replaceAll('\n', ' and ')}`;
    assistants.set(business, assistant);
    return assistant;
  }

  const work = createWork(
    {
      ...{ store, clock, businesses, channels: { meta: channel }, jitter: () => 0 },
      assistantOf: ({ id }) => (options.assistantOf ?? assistantOf)(id),
      limits: limitsIn(clock),
      handOffs: NO_HAND_OFFS,
    },
    RULES,
  );
  const queue = {
    wake: async (conversation: string) => {
      woken.add(conversation);
    },
    async ready() {},
    async close() {},
  };

  /** Works on what was woken until nothing is left to do now. */
  async function workNow(): Promise<void> {
    const again: string[] = [];
    for (const conversation of woken) {
      woken.delete(conversation);
      const { outcome, lookAgainAt } = await work(conversation, new AbortController().signal);
      if (outcome === 'idle') continue;
      if (lookAgainAt === undefined || lookAgainAt <= clock.now()) woken.add(conversation);
      else again.push(conversation);
    }
    for (const conversation of again) woken.add(conversation);
  }

  return {
    ...{ a, b, ofA, ofB, sends, hooks, woken, store, clock, workNow, assistantOf },
    person: (index: number): Person => ({ phone: `1555${serial}${index}` }),
    deliver: (delivery: Partial<Delivery>) =>
      acceptDelivery(
        { messages: [], statuses: [], notices: [], ...delivery },
        { businesses, store, queue, windowMs: 0 },
      ),
    say(person: Person, number: string, text: string, id?: string) {
      const said = message(text, { person, number, sentAt: clock.now(), ...(id && { id }) });
      return this.deliver({ messages: [said] }).then(() => said);
    },
    report(statuses: readonly Partial<DeliveredStatus>[]) {
      const base = { channel: 'meta', number: ofA, platformId: 'wamid.none', at: 0 } as const;
      return this.deliver({ statuses: statuses.map((one) => ({ ...base, progress: 'sent', ...one })) });
    },
    /** The number belongs to the business from now on. */
    give(number: string, business: BusinessId): void {
      owners.set(number, business);
    },
    /** Until everything has come to its end. */
    async settle(): Promise<void> {
      for (let rounds = 0; rounds < 30; rounds += 1) {
        await workNow();
        if (woken.size === 0) return;
        clock.advance(LATER_MS);
      }
      throw new Error('a conversation never comes to rest');
    },
    textsOf: (business: BusinessId) =>
      sends.filter((one) => one.business === business).map(({ text }) => text),
    asked: (business: BusinessId) => assistantOf(business).questions.map(({ text }) => text),
    async deadLettersOf(business: BusinessId) {
      const letters = await store.deadLetters(1_000);
      return letters.filter(({ conversation }) => businessOf(conversation) === business).reverse();
    },
  };
}
