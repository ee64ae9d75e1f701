import { describe, expect, it } from 'vitest';
import type { Lease } from '#app/ports/store.ts';
import type { Scene } from '../isolation.ts';

/** Parts of another business or of another person that somebody quotes. */
export function quotes(scene: () => Scene): void {
  /** Takes the lease of the one conversation that has work. */
  async function leaseOf({ store, world }: Scene): Promise<Lease> {
    const [conversation = ''] = world.woken;
    const claim = await store.claim(conversation, 10_000);
    if (!claim.claimed) throw new Error(`not claimed: ${claim.because}`);
    world.woken.clear();
    return claim.lease;
  }

  describe('a quoted part', () => {
    it('is that of the same person with the same business only', async () => {
      const { world, store } = scene();
      await world.say(world.person(1), world.ofA, 'one');
      await world.settle();
      const [{ platformId = '', text = '' } = {}] = world.sends;
      const found: unknown[] = [];
      const quote = async (person: number, number: string) => {
        await world.say(world.person(person), number, 'about this');
        found.push(await store.quoted(await leaseOf(scene()), platformId));
      };
      await quote(1, world.ofB);
      await quote(2, world.ofA);
      // The number, and with it the chat on the person's phone, has another owner.
      world.give(world.ofA, world.b);
      await quote(1, world.ofA);
      expect(found).toEqual([undefined, undefined, undefined]);
      world.give(world.ofA, world.a);
      await quote(1, world.ofA);
      expect(found.at(-1)).toMatchObject({ text, position: 0 });
    });
  });
}
