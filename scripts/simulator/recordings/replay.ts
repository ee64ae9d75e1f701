import { setTimeout as sleep } from 'node:timers/promises';
import { Impossible } from '../bad-request.ts';
import type { Bubble, Chat } from '../bubble.ts';
import type { Chats, NewMessageId } from '../chats.ts';
import { newPersonSchema, type Person } from '../people.ts';
import type { Replies } from '../replies.ts';
import { rewritten } from './delivery-body.ts';
import {
  type Part,
  partOf,
  partsOf,
  type RecordedMessage,
  type Recording,
  type Replayed,
  renamed,
} from './format.ts';

interface Target {
  readonly chats: Chats;
  readonly replies: Replies;
  readonly deliver: (body: Readonly<Record<string, unknown>>) => void;
  readonly newMessageId: NewMessageId;
  readonly now: () => number;
  readonly random: () => number;
}

/** A pause between two deliveries without a reply between them is not longer in a replay. */
const MAX_PAUSE_MS = 3_000;
const REPLY_WITHIN_MS = 60_000;

/**
 * Delivers a recorded chat again, as a new person with new ids: each delivery when the replies before it have come. Resolves
 * when as many replies as recorded have come. Throws `Impossible` when one does not come within a minute.
 */
export async function replay(recording: Recording, target: Target): Promise<Replayed> {
  const { chats, replies, deliver, now } = target;
  const chat = chats.add(newPerson(recording, target));
  const names = new Map<string, string>(identities(recording.person, chat.person));
  const expected = partsOf(recording);
  const own = recording.messages.filter(({ by }) => by === 'person');
  const put = new Set<string>();
  let before = 0;
  for (const [at, { afterMs, body }] of recording.deliveries.entries()) {
    const due = recording.messages.filter((one) => one.by === 'business' && one.afterMs < afterMs).length;
    if (due > before) await reached(due);
    else if (at > 0)
      await sleep(Math.min(MAX_PAUSE_MS, afterMs - (recording.deliveries[at - 1]?.afterMs ?? 0)));
    before = due;
    for (const message of own) {
      if (put.has(message.id) || !mentions(body, message.id)) continue;
      put.add(message.id);
      putBubble(message);
    }
    deliver(rewritten(body, names, now()));
  }
  await reached(expected.length);
  const sent = sentParts();
  return { person: chat.person.id, same: JSON.stringify(sent) === JSON.stringify(expected), expected, sent };

  function putBubble(message: RecordedMessage): void {
    if (message.by !== 'person') return;
    const { content, to } = message;
    const id = target.newMessageId(content.kind);
    names.set(message.id, id);
    const quoted = to === undefined ? {} : { to: names.get(to) ?? to };
    chats.addPersonMessage(chat, renamed(content, names), { id, ...quoted });
  }

  /** Resolves when so many replies have come; each gets the name that it had. */
  async function reached(count: number): Promise<void> {
    const stopped = new AbortController();
    const late = sleep(REPLY_WITHIN_MS, 'late' as const, { signal: stopped.signal }).catch(
      () => 'late' as const,
    );
    const end = await Promise.race([replies.reached(chat.person.id, count), late]);
    stopped.abort();
    if (end === 'late')
      throw new Impossible(
        `Only ${replies.list(chat.person.id).length} of ${count} replies have come within ${REPLY_WITHIN_MS / 1_000} s.`,
      );
    const recorded = recording.messages.filter(({ by }) => by === 'business');
    for (const [index, { id }] of businessBubbles(chat).entries()) {
      const name = recorded[index]?.id;
      if (name !== undefined) names.set(name, id);
    }
  }

  function sentParts(): readonly Part[] {
    const former = new Map([...names].map(([recorded, id]) => [id, recorded]));
    return businessBubbles(chat).map((bubble) => {
      const { to } = bubble;
      return partOf({ content: bubble.content, ...(to === undefined ? {} : { to: former.get(to) ?? to }) });
    });
  }
}

function businessBubbles({ bubbles }: Chat): readonly Bubble[] {
  return bubbles.filter(({ by }) => by === 'business');
}

function mentions(body: unknown, id: string): boolean {
  return JSON.stringify(body).includes(JSON.stringify(id));
}

function identities(recorded: Recording['person'], person: Person): [string, string][] {
  const phone: [string, string][] =
    recorded.phone === undefined || person.phone === undefined ? [] : [[recorded.phone, person.phone]];
  return [...phone, [recorded.userId, person.userId]];
}

/** A person of the same kind: a chat that has been written in already would go on from there. */
function newPerson({ person }: Recording, { chats, random }: Target) {
  const digits = () => String(Math.floor(random() * 10_000_000)).padStart(7, '0');
  const { phone, userId: _, ...rest } = person;
  const name = `${person.name} (replayed)`.slice(0, 100);
  if (phone === undefined)
    return newPersonSchema.parse({ ...rest, name, userId: `US.${digits()}${digits()}` });
  let next = `1555${digits()}`;
  while (chats.find(next) !== undefined) next = `1555${digits()}`;
  return newPersonSchema.parse({ ...rest, name, phone: next });
}
