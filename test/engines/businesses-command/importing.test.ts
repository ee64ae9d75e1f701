import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import vectors from '../../fixtures/businesses/envelopes.json' with { type: 'json' };
import { businesses, collection, file, only, stored, suite, TOKEN, tokenOf } from './scene.ts';

suite('import', () => {
  describe('import', () => {
    const [hex, base64, oldSalt, ownSalt] = vectors.node;
    const [fernet] = vectors.fernet;
    const idsOf = (output: string): string[] => JSON.parse(output).imported.sort();

    it('reads every older format, once', async () => {
      const values = [hex, base64, oldSalt, ownSalt, fernet].map((vector) => vector?.stored);
      const documents = values.map((whatsappAccessToken) => stored({ whatsappAccessToken }));
      const clear = stored({ whatsappAccessToken: TOKEN });
      const ours = stored();
      await collection().insertMany([...documents, clear, ours]);
      const all = [...documents, clear, ours].map(({ _id }) => String(_id));

      const raw = await businesses(['import', '--json', '--node-key-file', file(hex?.key ?? '')]);
      expect([raw.code, idsOf(raw.output)]).toEqual([1, all.slice(0, 2)]);
      const dry = await businesses(['import', '--json', '--dry-run', '--plaintext']);
      expect([dry.code, idsOf(dry.output)]).toEqual([1, [all[5]]]);
      const rest = await businesses(
        [
          'import',
          '--json',
          '--plaintext',
          '--node-key-file',
          file(`${ownSalt?.key}\n${ownSalt?.salt}\n`),
          '--python-secret-file',
          '-',
        ],
        {},
        fernet?.secret,
      );
      expect([rest.code, idsOf(rest.output)]).toEqual([0, all.slice(2, 6)]);
      const again = await businesses(['import', '--plaintext']);
      expect(again).toEqual({
        code: 0,
        output: '0 imported, 7 in the form of the service already, 0 left.\n',
      });
      const tokens = (await collection().find().sort({ _id: 1 }).toArray()).map((document) =>
        tokenOf(document),
      );
      expect(tokens).toEqual([...vectors.node.map(({ token }) => token), fernet?.token, TOKEN, TOKEN]);
    });

    it('takes our own form out of what the other program encrypted again', async () => {
      const document = stored();
      const { createCipheriv } = await import('node:crypto');
      const iv = randomBytes(16);
      const cipher = createCipheriv('aes-256-gcm', Buffer.from(hex?.key ?? '', 'hex'), iv).setAAD(
        Buffer.from('facebook-token'),
      );
      const ciphertext = Buffer.concat([cipher.update(String(document.whatsappAccessToken)), cipher.final()]);
      const again = Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString('hex');
      await collection().insertOne({ ...document, whatsappAccessToken: again });
      expect((await businesses(['import', '--node-key-file', file(hex?.key ?? '')])).code).toBe(0);
      expect(await only()).toMatchObject({ whatsappAccessToken: document.whatsappAccessToken });
    });

    it('leaves what no given key opens', async () => {
      const document = stored({ whatsappAccessToken: hex?.stored });
      await collection().insertOne(document);
      const { code, output } = await businesses(['import', '--node-key-file', file('another passphrase')]);
      expect([code, output]).toEqual([
        1,
        expect.stringContaining(`${document._id}: its token is in none of the given formats`),
      ]);
      expect(await only()).toEqual(document);
    });
  });
});
