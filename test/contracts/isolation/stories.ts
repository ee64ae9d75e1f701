import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Refused, Unavailable, Unknown } from '#app/domain/errors.ts';
import type { Message, Person } from '#app/domain/message.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { type SettableClock, settableClock } from '../../fakes/clock.ts';
import { edit, message, revoke } from '../../fakes/messages.ts';
import type { Scene } from '../isolation.ts';
import { createWorld } from './world.ts';

const BUSINESSES = ['a', 'b', 'c'] as const;
type Name = (typeof BUSINESSES)[number];

/** Indexes are taken modulo what there is; numbers begin with an owner each. */
type Step =
  | { readonly do: 'say'; readonly person: number; readonly number: number; readonly hard: boolean }
  | { readonly do: 'redeliver'; readonly message: number }
  | { readonly do: 'correct'; readonly message: number; readonly number: number; readonly revoke: boolean }
  | { readonly do: 'take'; readonly number: number; readonly business: Name }
  | { readonly do: 'move'; readonly person: number; readonly number: number }
  | {
      readonly do: 'status';
      readonly of: Name;
      readonly send: number;
      readonly number: number;
      readonly progress: 'sent' | 'read' | 'failed';
      readonly named: boolean;
    }
  | { readonly do: 'fail'; readonly business: Name; readonly how: 'unknown' | 'throttled' }
  | { readonly do: 'redrive'; readonly business: Name }
  | { readonly do: 'erase'; readonly person: number }
  | { readonly do: 'pass'; readonly minutes: number };

const small = fc.nat(3);
const name = fc.constantFrom(...BUSINESSES);
const progress = fc.constantFrom('sent' as const, 'read' as const, 'failed' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      person: small,
      number: small,
      hard: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('redeliver' as const), message: fc.nat(20) }),
  fc.record({
    do: fc.constant('correct' as const),
    message: fc.nat(20),
    number: small,
    revoke: fc.boolean(),
  }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), number: small, business: name }) },
  fc.record({ do: fc.constant('move' as const), person: small, number: small }),
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ do: fc.constant('status' as const), of: name, send: fc.nat(20), number: small, progress },
      named: fc.boolean(),
    }),
  },
  fc.record({
    ...{ do: fc.constant('fail' as const), business: name },
    how: fc.constantFrom('unknown' as const, 'throttled' as const),
  }),
  fc.record({ do: fc.constant('redrive' as const), business: name }),
  fc.record({ do: fc.constant('erase' as const), person: small }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), minutes: fc.nat(3) }) },
);

/**
 * People write to four numbers, which change their owners among three businesses. What each business's people and assistant
 * see is compared with the same story in which the registry knows that business only, over a store in memory.
 */
export function stories(scene: () => Scene, runs: number): void {
  it('are as if each were alone, whatever people, operators and the platform do', {
    timeout: 300_000,
  }, async () => {
    const { store, clock } = scene();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40 }), async (steps) => {
        const prefix = randomUUID().slice(0, 8);
        const startedAt = clock.now();
        const together = await live(steps, prefix, BUSINESSES, store, clock);
        for (const business of BUSINESSES) {
          const own = settableClock(startedAt);
          const alone = createMemoryStore({ clock: own, newId: randomUUID });
          const lived = await live(steps, prefix, [business], alone, own);
          expect(together[business]).toEqual(lived[business]);
        }
      }),
      // So that a failure is shown before the time is up.
      { numRuns: runs, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true },
    );
  });
}

interface Seen {
  /** What was sent, by person. */
  readonly read: Record<string, string[]>;
  /** What the assistant was asked, by person, with the place of the user and the thread among those of the person. */
  readonly asked: Record<string, string[]>;
  readonly deadLetters: number;
}

async function live(
  steps: readonly Step[],
  prefix: string,
  visible: readonly Name[],
  store: ConversationStore,
  clock: SettableClock,
): Promise<Record<Name, Seen>> {
  const idOf = (business: Name) => `${prefix}-${business}`;
  const numbers = [0, 1, 2, 3].map((index) => `${Number.parseInt(prefix, 16)}00${index}`);
  const world = createWorld(store, clock, { visible: visible.map(idOf) });
  const digits = Number.parseInt(prefix, 16);
  const people: Person[] = [0, 1, 2, 3].map((index) => ({
    phone: `1${digits}${index}`,
    ...(index > 1 && { userId: `US.${digits}${index}` }),
  }));
  const delivered: Message[] = [];
  const failing = new Map<string, ('unknown' | 'throttled')[]>();
  let moves = 0;
  let corrections = 0;

  for (const [index, number] of numbers.entries()) world.give(number, idOf(BUSINESSES[index % 3] ?? 'a'));
  for (const business of BUSINESSES) {
    const assistant = world.assistantOf(idOf(business));
    assistant.defaultStep = ({ text }) => {
      if (text.includes('hard')) throw new Refused('no', { code: 'poison' });
      return `${business} about ${text}. ${'It depends. '.repeat(text.length % 40)}`;
    };
  }
  world.hooks.beforeSend = (business) => {
    if (failing.get(business)?.[0] !== 'throttled') return;
    failing.get(business)?.shift();
    throw new Unavailable('throttled', { scope: 'pair', retryAfterMs: 1_000 });
  };
  world.hooks.onSend = ({ business }) => {
    if (failing.get(business)?.[0] !== 'unknown') return;
    failing.get(business)?.shift();
    throw new Unknown('nobody knows');
  };
  const at = <Item>(items: readonly Item[], index: number) => items[index % Math.max(1, items.length)];

  async function take(one: Step): Promise<void> {
    switch (one.do) {
      case 'say': {
        const text = `p${one.person} ${one.hard ? 'hard' : 'easy'} ${delivered.length}`;
        const said = message(text, {
          ...{ id: `wamid.${prefix}-${delivered.length}`, sentAt: clock.now() },
          ...{ person: people[one.person] ?? {}, number: numbers[one.number] ?? '' },
        });
        delivered.push(said);
        await world.deliver({ messages: [said] });
        return;
      }
      case 'redeliver': {
        const known = at(delivered, one.message);
        // To the same number, which may have another owner by now.
        if (known !== undefined) await world.deliver({ messages: [known] });
        return;
      }
      case 'correct': {
        const known = at(delivered, one.message);
        if (known === undefined) return;
        corrections += 1;
        const id = `wamid.${prefix}-correction-${corrections}`;
        const rest = { id, number: numbers[one.number] ?? '', sentAt: clock.now() };
        const changed = `p${people.indexOf(known.person)} easy edited ${corrections}`;
        const correction = one.revoke ? revoke(known, rest) : edit(known, changed, rest);
        await world.deliver({ messages: [correction] });
        return;
      }
      case 'take':
        return world.give(numbers[one.number] ?? '', idOf(one.business));
      case 'move': {
        const { phone = '', ...person } = people[one.person] ?? {};
        moves += 1;
        const next = { ...person, phone: `2${digits}${one.person}${moves}` };
        people[one.person] = next;
        const id = `wamid.${prefix}-move-${moves}`;
        const content = { kind: 'silent', type: 'system' } as const;
        const announced = { ...next, formerly: [phone] };
        const number = numbers[one.number] ?? '';
        await world.deliver({
          messages: [message('', { id, number, person: announced, sentAt: clock.now(), content })],
        });
        return;
      }
      case 'status': {
        const own = world.sends.filter(({ business }) => business === idOf(one.of));
        const send = at(own, one.send);
        if (send === undefined) return;
        const { key, platformId } = send;
        await world.report([
          {
            ...{ platformId, progress: one.progress, number: numbers[one.number] ?? '', code: '131000' },
            ...(one.named && { key }),
          },
        ]);
        return;
      }
      case 'fail':
        failing.set(idOf(one.business), [...(failing.get(idOf(one.business)) ?? []), one.how]);
        return;
      case 'redrive':
        for (const { turnId } of await world.deadLettersOf(idOf(one.business))) {
          const conversation = await store.redrive(turnId);
          if (conversation !== undefined) world.woken.add(conversation);
        }
        return;
      case 'erase':
        await store.erase(people[one.person]?.userId ?? people[one.person]?.phone ?? '');
        return;
      case 'pass':
        clock.advance(one.minutes * 60_000);
        await world.workNow();
        return;
    }
  }

  for (const one of steps) await take(one);
  for (let rounds = 0; rounds < 8; rounds += 1) {
    await world.workNow();
    clock.advance(10 * 60_000);
  }

  async function seenBy(business: Name): Promise<Seen> {
    const id = idOf(business);
    const read: Record<string, string[]> = {};
    for (const send of world.sends.filter((one) => one.business === id)) {
      const person = send.to.phone ?? send.to.userId ?? 'nobody';
      read[person] = [...(read[person] ?? []), `${send.number} ${send.text}`];
    }
    const asked: Record<string, string[]> = {};
    const places = new Map<string, string[]>();
    const placeOf = (kind: string, value: string) => {
      const known = places.get(kind) ?? [];
      if (!known.includes(value)) known.push(value);
      places.set(kind, known);
      return known.indexOf(value);
    };
    for (const { assistantUserId, threadId, text } of world.assistantOf(id).questions) {
      const person = text.slice(0, 2);
      const user = placeOf(`user ${person}`, assistantUserId);
      const thread = placeOf(`thread ${person}`, threadId);
      asked[person] = [...(asked[person] ?? []), `${user} ${thread} ${text}`];
    }
    return { read, asked, deadLetters: (await world.deadLettersOf(id)).length };
  }
  const [a, b, c] = await Promise.all(BUSINESSES.map(seenBy));
  const nothing: Seen = { read: {}, asked: {}, deadLetters: 0 };
  return { a: a ?? nothing, b: b ?? nothing, c: c ?? nothing };
}
