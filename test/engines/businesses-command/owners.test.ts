import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { rivalsOf, takeNumbers } from '#scripts/businesses/claim.ts';
import type { BusinessDocument } from '#scripts/businesses/collection.ts';
import { businesses, collection, NUMBER, servedCount, stored, suite, TOKEN } from './scene.ts';

suite('owners and lists', () => {
  describe('two owners of a number', () => {
    it('are never left, however their writes meet', async () => {
      const documents = [stored(), stored(), stored()];
      let arrived = 0;
      const everybodyLooked = async () => {
        arrived += 1;
        while (arrived < documents.length) await sleep(5);
      };
      const results = await Promise.allSettled(
        documents.map((document) =>
          takeNumbers({
            claim: { id: String(document._id), numbers: [NUMBER] },
            rivals: () => rivalsOf(collection(), { id: String(document._id), numbers: [NUMBER] }),
            take: async () => {
              await everybodyLooked();
              await collection().insertOne(document);
            },
            undo: () => collection().deleteOne({ _id: document._id }),
          }),
        ),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
      expect(await servedCount()).toBe(1);
    });

    it('are reported when another program made them', async () => {
      const [one, two] = [stored(), stored()];
      await collection().insertMany([one, two]);
      const { code, output } = await businesses(['list']);
      expect(code).toBe(1);
      expect(output).toContain(`number ${NUMBER} is of the business ${one._id} too`);
      expect(output).toContain(`number ${NUMBER} is of the business ${two._id} too`);
      const found = await businesses(['disable', NUMBER]);
      expect(found).toEqual({
        code: 1,
        output: expect.stringContaining(`Several businesses match: ${one._id}, ${two._id}`),
      });
    });
  });

  it('names nothing that is not there', async () => {
    for (const words of [
      ['disable', TOKEN],
      ['enable', 'cafe'],
      ['list', '5'],
      ['set', 'cafe', '--waba', '5'],
    ]) {
      expect(await businesses(words)).toEqual({
        code: 1,
        output: expect.stringContaining('No business has this id'),
      });
    }
  });

  it('lists documents as other programs leave them', async () => {
    expect(await businesses(['list'])).toEqual({
      code: 0,
      output: expect.stringContaining('There is no business'),
    });
    await collection().insertMany([
      stored({ subDomain: 'fine', name: 'A\u001b[2Jname' }),
      stored({ whatsappAccessToken: TOKEN, whatsappPhoneNumberIds: ['7'], whatsappService: 7 }),
      { _id: 'with space' },
    ] as BusinessDocument[]);
    const { code, output } = await businesses(['list']);
    expect(code).toBe(1);
    expect(output).toContain('A [2Jname  answered  numbers 100000000000001  subdomain fine  keys k1');
    expect(output).toContain('    whatsappService must be an object');
    expect(output).toContain('1 document(s) have an _id');
    expect((await businesses(['list', 'fine', '--json'])).code).toBe(0);
  });
});
