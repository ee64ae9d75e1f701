import { describe, expect, it } from 'vitest';
import { Unknown } from '#app/domain/errors.ts';
import type { Scene } from '../isolation.ts';

/** Statuses that name a part of another business. */
export function statuses(scene: () => Scene): void {
  describe('a status', () => {
    it.each(['key', 'platform id', 'key and platform id'])(
      'that comes to another business with the %s of a part changes nothing',
      async (by) => {
        const { world, clock } = scene();
        await world.say(world.person(1), world.ofA, 'one');
        await world.settle();
        const [{ key = '', platformId = '' } = {}] = world.sends;
        const names = {
          ...(by !== 'platform id' && { key }),
          ...(by !== 'key' && { platformId }),
        };
        const failed = { ...names, progress: 'failed', code: '131000' } as const;
        await world.report([{ ...failed, number: world.ofB }]);
        clock.advance(60_000);
        expect(world.woken.size).toBe(0);
        expect(world.sends).toHaveLength(1);
        await world.report([{ ...failed, platformId, number: world.ofA }]);
        expect(world.woken.size).toBe(1);
        await world.settle();
        expect(world.sends).toHaveLength(2);
      },
    );

    it('that comes to another business does not resolve a send of unknown outcome', async () => {
      const { world } = scene();
      world.hooks.onSend = () => {
        delete world.hooks.onSend;
        throw new Unknown('nobody knows');
      };
      await world.say(world.person(1), world.ofA, 'one');
      await world.workNow();
      const [{ key = '', platformId = '' } = {}] = world.sends;
      world.woken.clear();
      await world.report([{ key, platformId, number: world.ofB, progress: 'delivered' }]);
      expect(world.woken.size).toBe(0);
      await world.report([{ key, platformId, number: world.ofA, progress: 'delivered' }]);
      expect(world.woken.size).toBe(1);
      await world.settle();
      expect(world.sends).toHaveLength(1);
    });
  });
}
