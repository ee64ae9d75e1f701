import { describe, expect } from 'vitest';
import { announces, answered, NEW, OLD, says } from './names.ts';
import { LEASE, type StoreTest } from './store-test.ts';

/** Nothing of one person reaches another, whoever owns a number. */
export function identities(it: StoreTest): void {
  describe('a number that changed its owner', () => {
    it.for([
      ['with user ids', { userId: 'US.A1' }, { userId: 'US.A2' }, { userId: 'US.C9' }],
      ['without user ids', {}, {}, {}],
    ] as const)(
      'belongs to its current owner, and nobody gets the replies of another: %s',
      async ([, a1, a2, c], { store, accept, finish }) => {
        const alice = says({ phone: OLD, ...a1 }, 0, 'alice one');
        await finish(alice);
        const { conversation: hers } = await accept(
          announces({ phone: NEW, ...a2, formerly: [OLD, ...Object.values(a1)] }, 10),
        );
        expect((await accept(says({ phone: NEW, ...a2 }, 11, 'alice two'))).conversation).toBe(hers);
        const { conversation: theirs } = await accept(says({ phone: OLD, ...c }, 20, 'carol one'));
        expect(theirs).not.toBe(hers);
        await accept(says({ phone: NEW, ...a2 }, 21, 'alice three'));
        await accept(says({ phone: OLD, ...c }, 21, 'carol two'));
        const toAlice = await answered(store, hers);
        const toCarol = await answered(store, theirs);
        expect(toAlice).toEqual({
          assistantUserId: OLD,
          person: { phone: NEW, ...a2 },
          texts: ['alice two', 'alice three'],
        });
        expect(toCarol).toMatchObject({ person: { phone: OLD, ...c }, texts: ['carol one', 'carol two'] });
        expect([OLD, NEW]).not.toContain(toCarol.assistantUserId);
      },
    );

    it('belongs to a new person when its user id changes without an announcement', async ({
      store,
      accept,
    }) => {
      const { conversation: first } = await accept(says({ phone: OLD, userId: 'SA.A' }, 0, 'mine'));
      const { conversation: second } = await accept(says({ phone: OLD, userId: 'SA.B' }, 5, 'not yours'));
      expect(second).not.toBe(first);
      expect((await accept(says({ phone: OLD }, 6, 'still not yours'))).conversation).toBe(second);
      expect(await answered(store, second)).toEqual({
        assistantUserId: 'SA.B',
        person: { phone: OLD, userId: 'SA.B' },
        texts: ['not yours', 'still not yours'],
      });
      // Replies to the first person do not go to the number of the second.
      expect(await answered(store, first)).toEqual({
        assistantUserId: OLD,
        person: { userId: 'SA.A' },
        texts: ['mine'],
      });
    });

    it('returns to a person who is known by the user id', async ({ store, accept }) => {
      const { conversation: first } = await accept(says({ phone: OLD, userId: 'SA.A' }, 0));
      await accept(says({ phone: OLD, userId: 'SA.B' }, 5));
      expect((await accept(says({ phone: OLD, userId: 'SA.A' }, 9))).conversation).toBe(first);
      expect((await answered(store, first)).person).toEqual({ phone: OLD, userId: 'SA.A' });
    });

    it('is resolved by the time at which a message was sent, however late it arrives', async ({
      store,
      accept,
    }) => {
      const { conversation: hers } = await accept(says({ phone: OLD }, 0, 'one'));
      await accept(announces({ phone: NEW, formerly: [OLD] }, 10));
      const { conversation: theirs } = await accept(says({ phone: OLD }, 12, 'carol'));
      expect((await accept(says({ phone: OLD }, 9, 'two'))).conversation).toBe(hers);
      expect((await accept(says({ phone: OLD }, 10, 'carol too'))).conversation).toBe(theirs);
      expect((await accept(says({ phone: OLD }, 11, 'carol first'))).conversation).toBe(theirs);
      expect(await answered(store, hers)).toMatchObject({ person: { phone: NEW }, texts: ['one', 'two'] });
    });

    it('is not returned by a late message of its previous owner', async ({ store, accept }) => {
      const { conversation: first } = await accept(says({ phone: OLD, userId: 'SA.A' }, 0));
      const { conversation: second } = await accept(says({ phone: OLD, userId: 'SA.B' }, 9));
      expect((await accept(says({ phone: OLD, userId: 'SA.A' }, 3))).conversation).toBe(first);
      expect((await accept(says({ phone: OLD }, 10))).conversation).toBe(second);
      expect((await answered(store, first)).person).toEqual({ userId: 'SA.A' });
    });

    it('that belonged to another person belongs to the person who moved there, from the move on', async ({
      store,
      accept,
    }) => {
      const { conversation: before } = await accept(says({ phone: NEW, userId: 'SA.D' }, 0, 'from before'));
      const { conversation: hers } = await accept(says({ phone: OLD, userId: 'SA.A' }, 0));
      await accept(announces({ phone: NEW, userId: 'SA.E', formerly: [OLD, 'SA.A'] }, 10));
      expect((await accept(says({ phone: NEW, userId: 'SA.E' }, 11))).conversation).toBe(hers);
      expect((await accept(says({ phone: NEW }, 12))).conversation).toBe(hers);
      expect((await answered(store, before)).person).toEqual({ userId: 'SA.D' });
    });
  });

  describe('the id at the assistant', () => {
    it('differs for every person who owned the number', async ({ store, accept }) => {
      const assistantUserIds: string[] = [];
      const owners = [{ userId: 'SA.A' }, { userId: 'SA.B' }, { userId: 'SA.C' }];
      for (const [index, owner] of owners.entries()) {
        const { conversation } = await accept(says({ phone: OLD, ...owner }, index));
        assistantUserIds.push((await answered(store, conversation)).assistantUserId);
      }
      expect(assistantUserIds).toEqual([OLD, 'SA.B', 'SA.C']);
    });

    it('is not the plain number when another person had it before, without user ids', async ({
      store,
      accept,
    }) => {
      await accept(says({ phone: OLD }, 0));
      await accept(announces({ phone: NEW, formerly: [OLD] }, 10));
      const { conversation } = await accept(says({ phone: OLD }, 11));
      const { assistantUserId } = await answered(store, conversation);
      expect(assistantUserId).toMatch(new RegExp(`^${OLD}-.{16,}`));
    });
  });

  describe('an erasure', () => {
    const [a1, a2, c] = [{ userId: 'US.A1' }, { userId: 'US.A2' }, { userId: 'US.C9' }];

    it('erases the current owner of the number, and not the previous one', async ({ store, accept }) => {
      const { conversation: hers } = await accept(says({ phone: OLD, ...a1 }, 0, 'alice'));
      await accept(announces({ phone: NEW, ...a2, formerly: [OLD, 'US.A1'] }, 10));
      const carol = says({ phone: OLD, ...c }, 20, 'carol');
      const { conversation: theirs } = await accept(carol);
      expect(await store.erase(OLD)).toMatchObject({ conversations: 1 });
      expect(await store.claim(theirs, LEASE)).toEqual({ claimed: false, because: 'idle' });
      expect(await accept(carol)).toMatchObject({ outcome: 'done' });
      expect(await answered(store, hers)).toMatchObject({ person: { phone: NEW, ...a2 }, texts: ['alice'] });
    });

    it('by a number without a current owner erases the last one', async ({ store, accept }) => {
      await accept(says({ phone: OLD, ...a1 }, 0));
      await accept(announces({ phone: NEW, ...a2, formerly: [OLD, 'US.A1'] }, 10));
      expect(await store.erase(OLD)).toMatchObject({ conversations: 1 });
      for (const name of [NEW, 'US.A1', 'US.A2'])
        expect(await store.erase(name)).toMatchObject({ conversations: 0 });
    });

    it('erases what the same person wrote before a change that arrived late', async ({ store, accept }) => {
      await accept(says({ phone: OLD, ...a1 }, 0));
      await accept(says({ phone: NEW, ...a2 }, 11));
      await accept(announces({ phone: NEW, ...a2, formerly: [OLD, 'US.A1'] }, 10));
      expect(await store.erase(NEW)).toMatchObject({ conversations: 2 });
      for (const name of [OLD, 'US.A1']) expect(await store.erase(name)).toMatchObject({ conversations: 0 });
    });

    it('is not undone by a redelivery when the person has returned', async ({ store, accept, finish }) => {
      const before = says({ phone: OLD }, 0);
      await finish(before);
      await store.erase(OLD);
      await finish(says({ phone: OLD }, 10));
      expect(await accept(before)).toMatchObject({ outcome: 'done' });
    });
  });

  it('a new person whose first messages arrive concurrently has one conversation', async ({ store }) => {
    const person = { phone: OLD, userId: 'SA.A' };
    const batches = await Promise.all(
      Array.from({ length: 6 }, (_, index) => store.accept([says(person, index)])),
    );
    expect(new Set(batches.flat().map(({ conversation }) => conversation)).size).toBe(1);
  });
}
