import fc from 'fast-check';
import { expect } from 'vitest';
import type { Message, Person } from '#app/domain/message.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import type { SettableClock } from '../../fakes/clock.ts';
import { message } from '../../fakes/messages.ts';
import { claimed, LEASE, type StoreTest } from './store-test.ts';

/** Between any two events: longer than the clocks of the platform may differ. */
const STEP_MS = 120_000;
const PHONES = 4;
const PEOPLE = 3;

const person = fc.nat(PEOPLE - 1);
const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant('writes' as const), person, late: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('moves' as const), person, phone: fc.nat(PHONES - 1) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('leaves number' as const), person }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('moves unannounced' as const),
      person,
      phone: fc.nat(PHONES - 1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('changes user id' as const), person }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('arrives' as const), index: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('redelivered' as const), index: fc.nat(19) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('answered' as const), person }) },
);
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

/** A person with their current identities. */
interface Actor {
  readonly name: string;
  phone: string | undefined;
  userId: string | undefined;
  /** The conversation that their next message must belong to, since they were known when they announced their last change. */
  expected: string | undefined;
  /** The conversation of their last message under the current identities. */
  current: string | undefined;
  /** Whether the store has seen their current number. */
  seen: boolean;
}

let simulations = 0;

/**
 * Persons who write, move with or without an announcement, and leave numbers that others get; messages that are late or
 * repeated.
 * With user ids every message has one. Without them every move is announced, since it could not be detected otherwise.
 */
function createSimulation(store: ConversationStore, clock: SettableClock, withUserIds: boolean) {
  simulations += 1;
  const phoneOf = (index: number) => `1557${String(simulations).padStart(6, '0')}${index}`;
  let ids = 0;
  const newUserId = () => (withUserIds ? `US.T${simulations}N${ids++}` : undefined);
  const actors: Actor[] = Array.from({ length: PEOPLE }, (_, index) => ({
    ...{ name: `p${index}`, userId: newUserId(), expected: undefined, current: undefined },
    seen: false,
    phone: phoneOf(index),
  }));
  const late: { readonly actor: Actor; readonly message: Message }[] = [];
  const delivered: { readonly actor: Actor; readonly message: Message; conversation: string }[] = [];
  const answered: {
    readonly conversation: string;
    readonly texts: string[];
    readonly assistantUserId: string;
  }[] = [];

  const tick = () => clock.advance(STEP_MS);
  const identitiesOf = ({ phone, userId }: Actor): Person => ({
    ...(phone !== undefined && { phone }),
    ...(userId !== undefined && { userId }),
  });

  async function deliver(actor: Actor, one: Message): Promise<void> {
    const [acceptance] = await store.accept([one]);
    expect(acceptance?.outcome).toBe('new');
    const conversation = acceptance?.conversation ?? '';
    delivered.push({ actor, message: one, conversation });
    const { phone, userId } = one.person;
    if (phone !== actor.phone || userId !== actor.userId) return;
    if (actor.expected !== undefined) expect(conversation).toBe(actor.expected);
    actor.current = conversation;
    actor.seen = true;
  }

  async function announce(actor: Actor, before: Person): Promise<void> {
    const formerly = [before.phone, before.userId].filter((name) => name !== undefined);
    const now = identitiesOf(actor);
    const formerIdentities = formerly.filter((name) => name !== now.phone && name !== now.userId);
    if (formerIdentities.length === 0) return;
    actor.expected = actor.current;
    actor.seen = true;
    const person = { ...now, formerly: formerIdentities };
    await store.accept([
      message('', { person, sentAt: clock.now(), content: { kind: 'silent', type: 'system' } }),
    ]);
  }

  async function answer(conversation: string): Promise<void> {
    const claim = await store.claim(conversation, LEASE);
    if (!claim.claimed) return;
    const { turn, lease } = claimed(claim);
    const { assistantUserId, person: to } = claim.conversation;
    const texts = turn.messages.map(({ content }) => (content.kind === 'text' ? content.text : ''));
    answered.push({ conversation, texts, assistantUserId });
    const owner = texts[0]?.split(' ')[0];
    // Nothing is sent to a number that is known to belong to another person.
    const others = actors.filter(({ name, seen }) => name !== owner && seen);
    expect(others.map(({ phone }) => phone).filter((phone) => phone !== undefined)).not.toContain(to.phone);
    expect(others.map(({ userId }) => userId).filter((id) => id !== undefined)).not.toContain(to.userId);
    await store.finish(lease);
  }

  async function apply(event: Event): Promise<void> {
    tick();
    if (event.what === 'arrives') {
      const [one] = late.splice(event.index % Math.max(1, late.length), 1);
      if (one !== undefined) await deliver(one.actor, one.message);
      return;
    }
    if (event.what === 'redelivered') {
      const again = delivered[event.index % Math.max(1, delivered.length)];
      const [acceptance] = again === undefined ? [] : await store.accept([again.message]);
      expect(acceptance?.outcome).not.toBe('new');
      return;
    }
    const actor = actors[event.person];
    if (actor === undefined) return;
    const before = identitiesOf(actor);
    switch (event.what) {
      case 'writes': {
        if (actor.phone === undefined && actor.userId === undefined) return;
        const one = message(`${actor.name} ${clock.now()}`, { person: before, sentAt: clock.now() });
        if (event.late) late.push({ actor, message: one });
        else await deliver(actor, one);
        return;
      }
      case 'moves': {
        const phone = phoneOf(event.phone);
        if (actors.some((other) => other.phone === phone)) return;
        actor.phone = phone;
        actor.userId = newUserId();
        await announce(actor, before);
        actor.current = undefined;
        return;
      }
      case 'moves unannounced': {
        const phone = phoneOf(event.phone);
        if (!withUserIds || actors.some((other) => other.phone === phone)) return;
        Object.assign(actor, { phone, seen: false });
        return;
      }
      case 'leaves number':
        // Without a user id, a number that is left unannounced still belongs to its last owner.
        if (!withUserIds) return;
        Object.assign(actor, { phone: undefined, seen: false });
        return;
      case 'changes user id':
        if (actor.userId === undefined) return;
        actor.userId = newUserId();
        await announce(actor, before);
        return;
      case 'answered':
        if (actor.current !== undefined) await answer(actor.current);
    }
  }

  return {
    apply,
    async settle() {
      for (const { actor, message: one } of late.splice(0)) await deliver(actor, one);
      for (const conversation of new Set(delivered.map((one) => one.conversation)))
        await answer(conversation);
      return { answered, delivered };
    },
  };
}

/** Random sequences of moves never merge two persons. */
export function moves(it: StoreTest, runs: number): void {
  it.for([
    ['with user ids', true],
    ['without user ids', false],
  ] as const)(
    'nothing of one person reaches another in any sequence of moves: %s',
    { timeout: 120_000 },
    async ([, withUserIds], { store, clock }) => {
      await fc.assert(
        fc.asyncProperty(fc.array(event, { maxLength: 24 }), async (events) => {
          const simulation = createSimulation(store, clock, withUserIds);
          for (const one of events) await simulation.apply(one);
          const { answered, delivered } = await simulation.settle();
          const nameOf = (texts: string) => texts.split(' ')[0];
          const owners = new Map<string, Set<unknown>>();
          const assistantUserIds = new Map<string, Set<unknown>>();
          const add = (map: Map<string, Set<unknown>>, key: string, name: unknown) =>
            map.set(key, (map.get(key) ?? new Set()).add(name));
          for (const { actor, conversation } of delivered) add(owners, conversation, actor.name);
          for (const { texts, assistantUserId } of answered) {
            for (const one of texts) add(assistantUserIds, assistantUserId, nameOf(one));
            expect(texts).toEqual([...texts].sort((a, b) => timeIn(a) - timeIn(b)));
          }
          for (const people of [...owners.values(), ...assistantUserIds.values()])
            expect(people.size).toBe(1);
          expect(answered.flatMap(({ texts }) => texts)).toHaveLength(delivered.length);
        }),
        { numRuns: runs },
      );
    },
  );
}

function timeIn(texts: string): number {
  return Number(texts.split(' ')[1]);
}
