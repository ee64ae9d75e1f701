import { describe, expect, it } from 'vitest';
import { Refused, Unavailable, Unknown } from '#app/domain/errors.ts';
import type { Scene } from '../isolation.ts';
import type { World } from './world.ts';

const LONG = 'It depends on many things, as the scholars say. '.repeat(8);

/** Fails the n-th send of business A, from 0, before the platform took it. */
function failSend(world: World, failing: number, error: Error): void {
  let send = 0;
  world.hooks.beforeSend = (business) => {
    if (business === world.a && send++ === failing) throw error;
  };
}

/** What A had begun when B got its number. Each step ends with the change of the owner. */
const BEGUN: readonly (readonly [string, (world: World) => Promise<void>])[] = [
  ['a message that waits', async (world) => world.give(world.ofA, world.b)],
  [
    'a question to the assistant',
    async (world) => {
      world.assistantOf(world.a).next.push(() => {
        world.give(world.ofA, world.b);
        return LONG;
      });
      await world.workNow();
    },
  ],
  [
    'a reply between two of its parts',
    async (world) => {
      world.hooks.onSend = () => world.give(world.ofA, world.b);
      await world.workNow();
      expect(world.sends).toHaveLength(1);
    },
  ],
  [
    'a reply with unsent parts',
    async (world) => {
      failSend(world, 1, new Unavailable('throttled', { scope: 'pair', retryAfterMs: 1_000 }));
      await world.workNow();
      world.give(world.ofA, world.b);
    },
  ],
  [
    'a send of unknown outcome',
    async (world) => {
      failSend(world, 1, new Unknown('nobody knows'));
      await world.workNow();
      world.give(world.ofA, world.b);
    },
  ],
  [
    'a finished turn with a failed part',
    async (world) => {
      await world.settle();
      const [{ key, platformId } = {}] = world.sends;
      await world.report([
        { key: key ?? '', platformId: platformId ?? '', progress: 'failed', code: '131000' },
      ]);
      expect(world.woken.size).toBe(1);
      world.give(world.ofA, world.b);
    },
  ],
  [
    'a dead letter whose apology was not sent',
    async (world) => {
      world.assistantOf(world.a).next.push(() => Promise.reject(new Refused('no', { code: 'poison' })));
      failSend(world, 0, new Unavailable('throttled', { scope: 'pair', retryAfterMs: 1_000 }));
      await world.workNow();
      await world.workNow();
      expect(await world.deadLettersOf(world.a)).toHaveLength(1);
      world.give(world.ofA, world.b);
    },
  ],
];

/** A number changes its owner. */
export function takeOvers(scene: () => Scene): void {
  describe.each(BEGUN)('a business that gets the number of another one, which had %s', (_, begin) => {
    it('sends nothing of it, reads nothing of it and starts empty; what was begun is not lost', async () => {
      const { world, store } = scene();
      const { a, b, ofA } = world;
      const person = world.person(1);
      const assistant = world.assistantOf(a);
      assistant.defaultStep = () => LONG;
      await world.say(person, ofA, 'What may A know?');
      await begin(world);
      const sent = [...world.sends];
      delete world.hooks.onSend;
      delete world.hooks.beforeSend;
      await world.settle();
      expect(world.sends).toEqual(sent);
      expect(world.asked(b)).toEqual([]);

      await world.say(person, ofA, 'What may B know?');
      await world.settle();
      const [question, ...more] = world.assistantOf(b).questions;
      expect(more).toEqual([]);
      expect(question?.text).toBe('What may B know?');
      expect(assistant.questions.map(({ assistantUserId }) => assistantUserId)).not.toContain(
        question?.assistantUserId,
      );
      expect(world.assistantOf(b).opened).toHaveLength(1);
      expect(world.assistantOf(b).registered).toHaveLength(1);
      expect(world.sends.slice(sent.length)).toMatchObject([
        { business: b, number: ofA, text: `${b} about What may B know?`, to: person },
      ]);

      // Statuses of the former owner's parts come to the present one.
      const settled = [...world.sends];
      const reports = sent.flatMap(({ key, platformId }) =>
        (['sent', 'failed', 'read'] as const).map((progress) => ({
          key,
          platformId,
          progress,
          code: '131000',
        })),
      );
      await world.report(reports);
      await world.report(reports.map(({ key: _key, ...report }) => report));
      expect([...world.woken]).toEqual([]);

      // A dead letter is sent back while the number is another's: nothing happens but a new dead letter.
      const letters = await world.deadLettersOf(a);
      for (const { turnId } of letters) world.woken.add((await store.redrive(turnId)) ?? '');
      await world.settle();
      expect(world.sends).toEqual(settled);
      expect(world.asked(b)).toEqual(['What may B know?']);
      expect(await world.deadLettersOf(b)).toEqual([]);

      // The number comes back, and so does what was begun.
      world.give(ofA, a);
      for (const { turnId } of await world.deadLettersOf(a))
        world.woken.add((await store.redrive(turnId)) ?? '');
      await world.settle();
      const ofAlone = world.sends.filter(({ business }) => business === a);
      expect(ofAlone.map(({ text }) => text).join(' ')).toContain('as the scholars say');
      expect(ofAlone.every(({ token }) => token === `token-of-${a}`)).toBe(true);
      expect(await world.deadLettersOf(a)).toEqual([]);
      expect(world.asked(b)).toEqual(['What may B know?']);
    });
  });
}
