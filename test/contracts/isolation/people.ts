import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAnsariAssistant } from '#app/assistants/ansari.ts';
import { startBackend } from '#app/backend/start.ts';
import { ENV_BUSINESS } from '#app/domain/business.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { edit, message, revoke } from '../../fakes/messages.ts';
import type { Scene } from '../isolation.ts';
import { createWorld } from './world.ts';

/** People who write to several businesses. */
export function people(scene: () => Scene): void {
  describe('a person who writes to two of them', () => {
    it('is answered by each, from its number, with its token, under an id and in a thread of its own', async () => {
      const { world } = scene();
      const person = world.person(1);
      await world.say(person, world.ofA, 'one');
      await world.say(person, world.ofB, 'two');
      await world.settle();
      await world.say(person, world.ofA, 'three');
      await world.settle();
      const { a, b, ofA, ofB } = world;
      const from = (business: string, number: string) => ({
        ...{ business, number, token: `token-of-${business}`, to: person },
      });
      expect(world.sends).toMatchObject([
        { ...from(a, ofA), text: `${a} about one` },
        { ...from(b, ofB), text: `${b} about two` },
        { ...from(a, ofA), text: `${a} about three` },
      ]);
      const users = (business: string) => [
        ...new Set(world.assistantOf(business).questions.map(({ assistantUserId }) => assistantUserId)),
      ];
      expect(users(a)).toHaveLength(1);
      expect(users(b)).toHaveLength(1);
      expect(users(a)).not.toEqual(users(b));
    });

    it.each(['in two deliveries', 'in one delivery'])('with one message id, %s', async (how) => {
      const { world } = scene();
      const id = `wamid.same-${world.a}`;
      const messages = [world.ofA, world.ofB].map((number) =>
        message(`to ${number}`, { id, number, person: world.person(1), sentAt: world.clock.now() }),
      );
      const deliver = async () => {
        if (how === 'in one delivery') return (await world.deliver({ messages })).outcomes;
        const outcomes = [];
        for (const one of messages) outcomes.push(...(await world.deliver({ messages: [one] })).outcomes);
        return outcomes;
      };
      expect(await deliver()).toEqual(['new', 'new']);
      expect(await deliver()).toEqual(['waiting', 'waiting']);
      await world.settle();
      expect(await deliver()).toEqual(['done', 'done']);
      await world.settle();
      expect(world.asked(world.a)).toEqual([`to ${world.ofA}`]);
      expect(world.asked(world.b)).toEqual([`to ${world.ofB}`]);
      expect(world.sends).toHaveLength(2);
    });

    it('at the same time', async () => {
      const { world } = scene();
      const texts = ['one', 'two', 'three'];
      await Promise.all(
        texts.flatMap((text) =>
          [world.ofA, world.ofB].map((number) =>
            world.say(world.person(1), number, text, `wamid.${world.a}-${text}`),
          ),
        ),
      );
      await Promise.all([world.settle(), world.settle(), world.settle()]);
      for (const business of [world.a, world.b]) {
        expect(world.asked(business).join('\n').split('\n').sort()).toEqual([...texts].sort());
      }
      expect(world.sends.map(({ business, token }) => `token-of-${business}` === token)).not.toContain(false);
    });

    it('corrects what the one got, not what the other got', async () => {
      const { world } = scene();
      const person = world.person(1);
      const id = `wamid.${world.a}-corrected`;
      const toA = await world.say(person, world.ofA, 'to A', id);
      const toB = message('to B', { id, number: world.ofB, person, sentAt: toA.sentAt });
      await world.deliver({ messages: [{ ...edit(toA, 'changed'), number: world.ofB }] });
      await world.deliver({ messages: [revoke(toA, { number: world.ofA })] });
      await world.deliver({ messages: [toB] });
      await world.settle();
      expect(world.asked(world.a)).toEqual([]);
      expect(world.asked(world.b)).toEqual(['changed']);
    });

    it('cannot revoke at the one what the other got', async () => {
      const { world } = scene();
      const toA = await world.say(world.person(1), world.ofA, 'to A');
      await world.deliver({
        messages: [revoke(toA, { number: world.ofB }), edit(toA, 'x', { number: world.ofB })],
      });
      await world.settle();
      expect(world.asked(world.a)).toEqual(['to A']);
      expect(world.asked(world.b)).toEqual([]);
    });

    it('changes the phone number at the one that is told so', async () => {
      const { world, clock } = scene();
      const [old, next] = [world.person(1), world.person(2)];
      for (const number of [world.ofA, world.ofB]) await world.say(old, number, 'from the old number');
      await world.settle();
      clock.advance(60 * 60_000);
      const formerly = { ...next, formerly: [old.phone ?? ''] };
      const content = { kind: 'silent', type: 'system' } as const;
      const announced = message('', { person: formerly, number: world.ofA, sentAt: clock.now(), content });
      await world.deliver({ messages: [announced] });
      clock.advance(60_000);
      for (const number of [world.ofA, world.ofB]) await world.say(next, number, 'from the new number');
      await world.settle();
      const users = (business: string) =>
        new Set(world.assistantOf(business).questions.map(({ assistantUserId }) => assistantUserId)).size;
      expect([users(world.a), users(world.b)]).toEqual([1, 2]);
    });

    it('is erased at both, and nobody else is', async () => {
      const { world, store } = scene();
      const [person, other] = [{ ...world.person(1), userId: `US.${world.a}` }, world.person(2)];
      for (const one of [person, other]) {
        for (const number of [world.ofA, world.ofB]) await world.say(one, number, `of ${one.phone}`);
      }
      await world.say({ userId: `US.${world.a}` }, world.ofA, 'without a number');
      await world.settle();
      expect(await store.erase(person.phone ?? '')).toMatchObject({ conversations: 2 });
      expect(await store.erase(person.userId)).toMatchObject({ conversations: 0 });
      const before = world.sends.length;
      for (const number of [world.ofA, world.ofB]) await world.say(other, number, 'again');
      await world.settle();
      expect(world.sends.slice(before).map(({ to }) => to)).toEqual([other, other]);
      for (const business of [world.a, world.b]) {
        const users = world.assistantOf(business).questions.map(({ assistantUserId }) => assistantUserId);
        expect(users.at(-1)).toBe(users.findLast((user) => user.startsWith(`${other.phone}-`)));
        expect(new Set(users).size).toBe(2);
      }
    });

    it('is erased at the business that knows the user id alone', async () => {
      const { world, store } = scene();
      const userId = `US.${world.a}`;
      await world.say({ ...world.person(1), userId }, world.ofA, 'one');
      await world.say({ userId }, world.ofB, 'two');
      expect(await store.erase(world.person(1).phone ?? '')).toMatchObject({ conversations: 2 });
      await world.settle();
      expect(world.sends).toEqual([]);
    });
  });

  it('share a backend that keeps their threads apart, also that of the business of the environment', async () => {
    const { store, clock } = scene();
    const backend = await startBackend({
      ...{ port: 0, apiKeys: ['k'], clock, newId: randomUUID },
      databasePath: join(temporaryFolder(), 'backend.db'),
      async *replies(question) {
        yield `About ${question}`;
      },
    });
    onTestFinished(() => backend.close());
    const assistant = createAnsariAssistant({ serverUrl: backend.url, apiKey: () => 'k', clock });
    const users = new Map<string, Set<string>>();
    const world = createWorld(store, clock, {
      assistantOf: (business) => ({
        ...assistant,
        answer(question, signal) {
          users.set(business, new Set([...(users.get(business) ?? []), question.assistantUserId]));
          return assistant.answer(question, signal);
        },
      }),
    });
    world.give(`3${world.ofA}`, ENV_BUSINESS);
    for (const text of ['one', 'two']) {
      for (const number of [world.ofA, world.ofB, `3${world.ofA}`]) {
        await world.say(world.person(1), number, `${text} to ${number}`);
      }
      await world.settle();
    }
    const get = async (path: string, user: string) => {
      const query = new URLSearchParams({ phone_num: user });
      const response = await fetch(`${backend.url}/whatsapp/v2/${path}?${query}`, {
        headers: { 'x-whatsapp-api-key': 'k' },
      });
      return { status: response.status, body: JSON.parse(await response.text()) };
    };
    const numbers = [world.ofA, world.ofB, `3${world.ofA}`];
    const own = [world.a, world.b, ENV_BUSINESS].map((business) => [...(users.get(business) ?? [])]);
    expect(own.map(({ length }) => length)).toEqual([1, 1, 1]);
    const threads = await Promise.all(
      own.map(async ([user = '']) => (await get('threads/last', user)).body.thread_id),
    );
    expect(new Set(threads).size).toBe(3);
    for (const [index, [user = '']] of own.entries()) {
      for (const [other, thread] of threads.entries()) {
        const { status, body } = await get(`threads/${thread}/history`, user);
        expect(status).toBe(index === other ? 200 : 404);
        if (index !== other) continue;
        const said = body.messages.map(({ content }: { content: unknown }) => JSON.stringify(content)).join();
        expect(said).toContain(`one to ${numbers[index]}`);
        expect(said).toContain(`two to ${numbers[index]}`);
        expect(
          numbers.filter((number) => said.includes(`to ${number}"`) || said.includes(`to ${number} `)),
        ).toEqual([numbers[index]]);
      }
    }
  });
}
