import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { businessAt, parseBusiness } from '#app/businesses/document.ts';
import { createTokenKeys } from '#app/businesses/token-envelope.ts';
import type { BusinessDocument } from '#scripts/businesses/collection.ts';
import { replaceSealed } from '#scripts/businesses/reseal.ts';
import {
  businesses,
  collection,
  K1,
  K2,
  keys,
  MARK,
  only,
  ROTATING,
  start,
  stored,
  suite,
  TOKEN,
  tokenOf,
} from './scene.ts';

suite('rotate-keys', () => {
  describe('rotate-keys', () => {
    const COUNT = 120;
    const both = createTokenKeys([K2, K1]);
    const sealedBy = (id: string) =>
      collection().countDocuments({ whatsappAccessToken: { $regex: `^v1\\.${id}\\.` } });

    function manySecrets(): BusinessDocument[] {
      return Array.from({ length: COUNT }, (_, index) => {
        const document = stored({ whatsappPhoneNumberIds: [String(index)] });
        const seal = (secret: string) => keys.seal(String(document._id), secret);
        const assistant = { kind: 'openai', model: 'm', apiKey: seal(`sk-${MARK}`) };
        return { ...document, whatsappService: { appSecrets: [seal('one'), seal('two')], assistant } };
      });
    }

    it('goes on after it was killed, and changes nothing the second time', async () => {
      await collection().insertMany(manySecrets());
      const killed = start(['rotate-keys'], { ENCRYPTION_SECRET: ROTATING });
      while ((await sealedBy('k2')) < 20) await sleep(5);
      killed.child.kill('SIGKILL');
      await killed.ended;
      const before = await sealedBy('k2');
      expect(before).toBeLessThan(COUNT);
      for (const document of await collection().find().toArray()) expect(tokenOf(document, both)).toBe(TOKEN);

      const { code, output } = await businesses(['rotate-keys', '--json'], { ENCRYPTION_SECRET: ROTATING });
      expect(code).toBe(0);
      const { encrypted, ...others } = JSON.parse(output);
      expect(others).toEqual({ key: 'k2', businesses: COUNT, failures: [] });
      expect(encrypted).toBeLessThanOrEqual(4 * (COUNT - before));
      const renewed = createTokenKeys([K2]);
      for (const document of await collection().find().toArray()) {
        const parsed = parseBusiness(document);
        const business = parsed && businessAt(parsed, '1', renewed);
        const { assistant } = business?.settings ?? {};
        expect([business?.accessToken(), business?.appSecrets()]).toEqual([TOKEN, ['one', 'two']]);
        expect(assistant?.kind === 'openai' && assistant.apiKey()).toBe(`sk-${MARK}`);
      }
      const again = await businesses(['rotate-keys', '--json'], { ENCRYPTION_SECRET: ROTATING });
      expect([again.code, JSON.parse(again.output).encrypted]).toEqual([0, 0]);
    });

    it('does not overwrite what changed meanwhile', async () => {
      const document = stored();
      await collection().insertOne(document);
      const id = String(document._id);
      let looked = 0;
      const result = await replaceSealed(collection(), document, (fields) => {
        looked += 1;
        const path = 'whatsappAccessToken';
        return {
          replaced: new Map([[path, both.seal(id, both.open(id, fields.get(path) ?? ''))]]),
          failed: new Map(),
        };
      });
      expect([looked, result.replaced.size]).toEqual([1, 1]);

      // The copy is older than what is stored by now: it is read again.
      await collection().updateOne(
        { _id: document._id },
        { $set: { whatsappAccessToken: keys.seal(id, 'EAAnew') } },
      );
      await replaceSealed(collection(), document, (fields) => {
        looked += 1;
        const path = 'whatsappAccessToken';
        return {
          replaced: new Map([[path, both.seal(id, both.open(id, fields.get(path) ?? ''))]]),
          failed: new Map(),
        };
      });
      expect(looked).toBe(3);
      expect(tokenOf(await only(), createTokenKeys([K2]))).toBe('EAAnew');
    });

    it('says what could not be decrypted, and encrypts the rest', async () => {
      const [fine, clear, moved] = [
        stored(),
        stored({ whatsappAccessToken: TOKEN }),
        stored({ whatsappAccessToken: keys.seal('another', TOKEN) }),
      ];
      await collection().insertMany([fine, clear, moved]);
      const { code, output } = await businesses(['rotate-keys'], { ENCRYPTION_SECRET: ROTATING });
      expect(code).toBe(1);
      expect(output).toContain(`${clear._id}: whatsappAccessToken is not encrypted`);
      expect(output).toContain(`${moved._id}: whatsappAccessToken was changed`);
      expect(output).toContain('1 value(s) were encrypted with the key k2, of 3 business(es)');
      expect(await sealedBy('k2')).toBe(1);
    });
  });
});
