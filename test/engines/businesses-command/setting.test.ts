import { describe, expect, it } from 'vitest';
import { businessAt, parseBusiness } from '#app/businesses/document.ts';
import {
  businesses,
  collection,
  file,
  keys,
  MARK,
  NUMBER,
  only,
  servedCount,
  stored,
  suite,
  TOKEN,
} from './scene.ts';

suite('set', () => {
  describe('set', () => {
    it('changes what is named, with secrets encrypted', async () => {
      const document = stored({ whatsappTokenExpiresAt: new Date(7), description: 'not ours' });
      await collection().insertOne(document);
      const settings = { language: 'es', assistant: { kind: 'openai', model: 'm' }, turnsPerMinute: 10 };
      const words = [
        'set',
        NUMBER,
        '--token-file',
        file(`${TOKEN}2`),
        '--app-secret-file',
        file(`${MARK}1\n${MARK}2\n`),
      ];
      const { code, output } = await businesses(
        [...words, '--settings-file', file(JSON.stringify(settings)), '--api-key-file', '-'],
        {},
        `sk-${MARK}`,
      );
      expect([code, output]).toEqual([0, expect.stringContaining('whatsappAccessToken')]);
      const changed = await only();
      expect(changed).toMatchObject({ name: 'Café', description: 'not ours', whatsappTokenExpiresAt: null });
      const parsed = parseBusiness(changed);
      if (parsed === undefined) throw new Error('no business');
      const business = businessAt(parsed, NUMBER, keys);
      expect([parsed.problems, business.accessToken(), business.appSecrets()]).toEqual([
        [],
        `${TOKEN}2`,
        [`${MARK}1`, `${MARK}2`],
      ]);
      expect(business.settings).toMatchObject({ language: 'es', turnsPerMinute: 10 });
      const { assistant } = business.settings;
      expect(assistant?.kind === 'openai' && [assistant.model, assistant.apiKey()]).toEqual([
        'm',
        `sk-${MARK}`,
      ]);

      // What is not named stays, also the key of an assistant whose model changes.
      const next = { assistant: { kind: 'openai', model: 'n' }, language: null };
      expect((await businesses(['set', NUMBER, '--settings-file', file(JSON.stringify(next))])).code).toBe(0);
      const last = parseBusiness(await only());
      const own = last && businessAt(last, NUMBER, keys).settings;
      expect(own).toMatchObject({ turnsPerMinute: 10, assistant: { model: 'n' } });
      expect(own && 'language' in own).toBe(false);
      expect(own?.assistant?.kind === 'openai' && own.assistant.apiKey()).toBe(`sk-${MARK}`);
    });

    it('refuses settings that the service could not use, and changes nothing', async () => {
      const document = stored();
      await collection().insertOne(document);
      const settings = file(JSON.stringify({ langauge: 'es', assistant: { kind: 'openai', model: 'm' } }));
      const { code, output } = await businesses(['set', NUMBER, '--settings-file', settings]);
      expect([code, output]).toEqual([1, expect.stringContaining('whatsappService.langauge is no setting')]);
      expect(output).toContain('whatsappService.assistant.apiKey is missing');
      expect(await only()).toEqual(document);
    });

    it('refuses a number of another one, and takes a free one', async () => {
      await collection().insertMany([
        stored({ subDomain: 'one' }),
        stored({ subDomain: 'two', whatsappPhoneNumberIds: ['7'] }),
      ]);
      const taken = await businesses(['set', 'two', '--number', NUMBER]);
      expect(taken).toEqual({ code: 1, output: expect.stringContaining('has the number') });
      expect((await businesses(['set', 'two', '--number', '8'])).code).toBe(0);
      // What contradicts nothing can be changed also where another program made two owners of a number.
      await collection().updateMany({}, { $set: { whatsappPhoneNumberIds: ['8'] } });
      expect((await businesses(['set', 'two', '--token-file', file(TOKEN)])).code).toBe(0);
      expect(await only({ subDomain: 'two' })).toMatchObject({ whatsappPhoneNumberIds: ['8'] });
    });

    it('mends a business whose token is in the clear, and enables no business before', async () => {
      await collection().insertOne(stored({ whatsappAccessToken: TOKEN, whatsappEnabled: false }));
      const refused = await businesses(['enable', NUMBER]);
      expect(refused).toEqual({ code: 1, output: expect.stringContaining('its token is not encrypted') });
      expect((await businesses(['set', NUMBER, '--token-file', file(TOKEN)])).code).toBe(0);
      expect((await businesses(['enable', NUMBER])).code).toBe(0);
      expect(await servedCount()).toBe(1);
    });
  });
});
