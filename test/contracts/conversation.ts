import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelName } from '#scripts/simulator/options.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { type System, startSystem } from '../fakes/system.ts';
import { PLATFORMS } from './conversation/platforms.ts';
import { createScript, LONG_ANSWER } from './conversation/script.ts';

const HIDDEN = 'US.13491208655302741918';

/**
 * What a person sees, whichever platform connects the app with WhatsApp: the real app as its own process, deliveries over
 * HTTP, the simulated platform at the other end, and a scripted assistant. All tests share one app; each has its own person.
 */
export function conversationContract(channel: ChannelName): void {
  const platform = PLATFORMS[channel];
  const script = createScript();
  const ending: (() => Promise<void>)[] = [];
  let system: System;
  let nextPerson = 15_550_100;

  beforeAll(async () => {
    system = await startSystem({
      folder: temporaryFolder(),
      onEnd: (end) => ending.unshift(end),
      simulator: { channel, redelivery: { firstMs: 100, factor: 1.5, maxMs: 500 } },
      replies: script.replies,
      environment: { BATCH_WINDOW_SECONDS: '0.5', SEND_RECONCILE_SECONDS: '1', AI_NOTICE: 'false' },
    });
    await system.startApp();
  });
  afterAll(async () => {
    script.release();
    for (const end of ending) await end();
  });

  const newPerson = () => String(nextPerson++ * 10_000);
  const texts = (person: string) => system.simulator.replies.list(person).map(({ text }) => text);

  /** Resolves to all replies to the person, when there are `count` and one to another question followed them. */
  async function settled(person: string, count: number): Promise<readonly string[]> {
    await system.simulator.replies.reached(person, count);
    system.simulator.say(person, 'last');
    await system.simulator.replies.reached(person, count + 1);
    await system.simulator.idle();
    const all = texts(person);
    expect(all.at(-1)).toBe('answer to last');
    return all.slice(0, -1);
  }

  describe.concurrent(`a conversation over ${channel}`, () => {
    it('has one reply to a message that is delivered many times, and again after the reply', async () => {
      const person = newPerson();
      const { simulator } = system;
      simulator.faults.add({ kind: 'duplicate', times: 5, person });
      simulator.faults.add({ kind: 'shuffle', withinMs: 50, person });
      const id = simulator.say(person, 'salam');
      await simulator.replies.reached(person, 1);
      expect(simulator.say(person, 'salam', { id })).toBe(id);
      expect(await settled(person, 1)).toEqual(['answer to salam']);
    });

    it('answers messages that follow each other quickly together, in their order', async () => {
      const person = newPerson();
      for (const text of ['one', 'two', 'three']) system.simulator.say(person, text);
      expect(await settled(person, 1)).toEqual(['answer to one / two / three']);
    });

    it('answers what arrives during a turn in the next one, and shows that the business is typing', async () => {
      const person = newPerson();
      system.simulator.say(person, `wait for ${person}`);
      await expect.poll(() => script.asked, { interval: 10 }).toContain(`wait for ${person}`);
      await expect.poll(() => system.simulator.typing(person), { interval: 10 }).toBe(true);
      for (const text of ['then', 'this']) system.simulator.say(person, text);
      await system.simulator.idle();
      expect(texts(person)).toEqual([]);
      script.release();
      expect(await settled(person, 2)).toEqual([`answer to wait for ${person}`, 'answer to then / this']);
    });

    it('has a long reply in as few parts as the platform allows, in order, without a lost word', async () => {
      const person = newPerson();
      const { maxPartLength } = platform;
      system.simulator.say(person, 'long');
      const parts = await settled(person, Math.ceil(LONG_ANSWER.length / maxPartLength));
      expect(parts.join(' ').split(/\s+/)).toEqual(LONG_ANSWER.split(/\s+/));
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(maxPartLength);
    });

    it.each([
      ['HTTP 429', { kind: 'throttled', retryAfterSeconds: 1 }],
      ['too many messages', { kind: 'refuse', code: platform.tooMany }],
      ['an outage', { kind: 'refuse', code: platform.outage }],
      ['a connection that is cut before the send', { kind: 'cut' }],
      ['a connection that is cut after the send', { kind: 'lost' }],
    ] as const)('has one reply after %s', async (_, fault) => {
      const person = newPerson();
      system.simulator.faults.add({ ...fault, next: 1, person });
      system.simulator.say(person, 'salam');
      expect(await settled(person, 1)).toEqual(['answer to salam']);
    });

    it.runIf(channel === 'twilio')('has one reply after a lost response without any status', async () => {
      const person = newPerson();
      system.simulator.faults.add({ kind: 'lost', next: 1, person });
      system.simulator.faults.add({ kind: 'drop_statuses', person });
      system.simulator.say(person, 'salam');
      expect(await settled(person, 1)).toEqual(['answer to salam']);
    });

    it('has the reply again when the platform reports later that it failed', async () => {
      const person = newPerson();
      system.simulator.faults.add({ kind: 'fails_later', code: platform.outage, next: 1, person });
      system.simulator.say(person, 'salam');
      expect(await settled(person, 2)).toEqual(['answer to salam', 'answer to salam']);
      const replies = system.simulator.replies.list(person);
      expect(replies.map(({ progress }) => progress)).toEqual(['failed', 'delivered', expect.any(String)]);
    });

    it('goes on after a reply that the phone refuses for good, which is not sent again', async () => {
      const person = newPerson();
      system.simulator.faults.add({ kind: 'fails_later', code: platform.undeliverable, next: 1, person });
      system.simulator.say(person, 'salam');
      expect(await settled(person, 1)).toEqual(['answer to salam']);
    });

    it('reaches a person who hides the phone number', async () => {
      system.simulator.say(HIDDEN, 'from nobody');
      expect(await settled(HIDDEN, 1)).toEqual(['answer to from nobody']);
    });

    it('answers a picture with one polite sentence', async () => {
      const person = newPerson();
      system.simulator.say(person, { kind: 'image' });
      const [sentence = ''] = await settled(person, 1);
      expect(sentence).toMatch(/image|picture|photo/i);
    });
  });

  // A crash in the middle of a turn, which its lease makes a matter of ten seconds, is a case of `npm run chaos`.
  it(`after a crash over ${channel}, each stored message is answered once, however often it is delivered`, async () => {
    const { simulator } = system;
    const people = Array.from({ length: 5 }, newPerson);
    const ids = new Map(people.map((person) => [simulator.say(person, `for ${person}`), person]));
    const areStored = () => [...ids.keys()].every((id) => simulator.hasAcknowledged(id));
    await expect.poll(areStored, { interval: 10 }).toBe(true);
    await system.apps.at(-1)?.kill();
    expect(people.flatMap(texts)).toEqual([]);

    await system.startApp();
    for (const [id, person] of [...ids, ...ids]) simulator.say(person, `for ${person}`, { id });
    const replies = await Promise.all(people.map((person) => settled(person, 1)));
    expect(replies).toEqual(people.map((person) => [`answer to for ${person}`]));
  });
}
