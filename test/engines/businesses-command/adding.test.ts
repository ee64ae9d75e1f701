import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { businessAt, parseBusiness } from '#app/businesses/document.ts';
import { createTokenKeys } from '#app/businesses/token-envelope.ts';
import { startSsm } from '../../fakes/ssm.ts';
import {
  add,
  businesses,
  collection,
  environment,
  file,
  K2,
  keys,
  MARK,
  NUMBER,
  only,
  ROTATING,
  servedCount,
  start,
  suite,
  TOKEN,
  tokenOf,
} from './scene.ts';

suite('indexes, add', () => {
  describe('indexes', () => {
    beforeEach(async () => {
      await collection().drop();
    });

    it('creates each one once', async () => {
      const names = ['webhook_lookup_idx', 'subdomain_lookup_idx', 'active_whatsapp_businesses_idx'];
      expect(await businesses(['indexes'])).toEqual({
        code: 0,
        output: names.map((name) => `${name}: created\n`).join(''),
      });
      expect(await businesses(['indexes'])).toEqual({
        code: 0,
        output: names.map((name) => `${name}: exists\n`).join(''),
      });
      const made = await collection().listIndexes().toArray();
      expect(Object.fromEntries(made.map(({ name, key }) => [name, key]))).toEqual({
        _id_: { _id: 1 },
        webhook_lookup_idx: { whatsappPhoneNumberIds: 1, whatsappEnabled: 1, isActive: 1 },
        subdomain_lookup_idx: { subDomain: 1, isActive: 1 },
        active_whatsapp_businesses_idx: { whatsappEnabled: 1, isActive: 1, createdAt: -1 },
      });
    });

    it('leaves one that differs, and one of another name, and creates the others', async () => {
      await collection().createIndex({ whatsappPhoneNumberIds: 1 }, { name: 'webhook_lookup_idx' });
      await collection().createIndex({ subDomain: 1, isActive: 1 }, { name: 'their_own' });
      const { code, output } = await businesses(['indexes', '--json']);
      expect(code).toBe(1);
      expect(JSON.parse(output)).toEqual({
        indexes: [
          { name: 'webhook_lookup_idx', outcome: 'differs', instead: 'whatsappPhoneNumberIds: 1' },
          { name: 'subdomain_lookup_idx', outcome: 'exists under another name', instead: 'their_own' },
          { name: 'active_whatsapp_businesses_idx', outcome: 'created' },
        ],
      });
    });
  });

  describe('add', () => {
    it('stores the business with its token encrypted', async () => {
      const program = start(
        [
          'add',
          '--name',
          'Cafe',
          '--number',
          NUMBER,
          '--number',
          '7',
          '--token-file',
          '-',
          '--subdomain',
          'cafe',
          '--waba',
          '5',
          '--token-expires',
          '2027-01-31T00:00:00Z',
        ],
        {},
        `${TOKEN}\n`,
      );
      const { pid } = program.child;
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(MARK);
      const { code, output } = await program.ended;
      expect([code, output]).toEqual([
        0,
        expect.stringMatching(/^Added: [0-9a-f]{24}, with the number 100000000000001, 7\.\n/),
      ]);
      const document = await only();
      expect(document).toMatchObject({
        ...{ name: 'Cafe', subDomain: 'cafe', wabaId: '5', whatsappPhoneNumberIds: [NUMBER, '7'] },
        ...{ whatsappEnabled: true, isActive: true, whatsappTokenExpiresAt: new Date('2027-01-31') },
      });
      expect(JSON.stringify(document)).not.toContain(MARK);
      expect(tokenOf(document)).toBe(TOKEN);
      expect(parseBusiness(document)).toMatchObject({ problems: [], isServed: true });
    });

    it('refuses a number, a subdomain that another one has, and takes them once that one is disabled', async () => {
      expect((await add('--number', NUMBER, '--subdomain', 'cafe')).code).toBe(0);
      const first = String((await only())._id);
      const again = await add('--number', NUMBER);
      expect(again).toEqual({
        code: 1,
        output: expect.stringContaining(`${first} has the number ${NUMBER} already`),
      });
      const named = await add('--number', '7', '--subdomain', 'cafe');
      expect(named).toEqual({ code: 1, output: expect.stringContaining('has the subdomain cafe') });
      expect(await collection().countDocuments()).toBe(1);

      expect(await businesses(['disable', 'cafe'])).toMatchObject({ code: 0 });
      expect(await businesses(['disable', first])).toMatchObject({ code: 0 });
      expect((await add('--number', NUMBER)).code).toBe(0);
      const enabled = await businesses(['enable', first]);
      expect(enabled).toEqual({ code: 1, output: expect.stringContaining('has the number') });
      expect(await servedCount()).toBe(1);
    });

    it('gives a number to one of several runs at the same time', async () => {
      const runs = await Promise.all([1, 2, 3].map(() => add('--number', NUMBER)));
      expect(runs.filter(({ code }) => code === 0)).toHaveLength(1);
      expect([await servedCount(), await collection().countDocuments()]).toEqual([1, 1]);
    });

    it('lets the number of the environment go on, once', async () => {
      const env = { META_BUSINESS_PHONE_NUMBER_ID: NUMBER, META_ACCESS_TOKEN_FROM_SYS_USER: TOKEN };
      const words = ['add', '--name', 'Cafe', '--from-environment'];
      expect((await businesses(words, env)).code).toBe(0);
      const document = await only();
      expect(document).toMatchObject({ whatsappService: { continuesNumber: NUMBER } });
      const parsed = parseBusiness(document);
      expect(parsed && businessAt(parsed, NUMBER, keys).id).toBe('env');
      expect(tokenOf(document)).toBe(TOKEN);
      const other = await businesses(words, { ...env, META_BUSINESS_PHONE_NUMBER_ID: '7' });
      expect(other).toEqual({ code: 1, output: expect.stringContaining('already continues the number') });
    });

    it('reads the database and the keys of a stack', async () => {
      const path = '/app-runtime/ansari-whatsapp/staging';
      const values = {
        'mongodb-uri': environment.MONGODB_URI,
        'mongodb-db-name': environment.MONGODB_DB_NAME,
        'encryption-secret': ROTATING,
      };
      const ssm = await startSsm(
        Object.fromEntries(Object.entries(values).map(([name, value]) => [`${path}/${name}`, value])),
      );
      const aws = {
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_ENDPOINT_URL_SSM: ssm,
        MONGODB_DB_NAME: 'elsewhere',
      };
      const words = [
        'add',
        '--name',
        'Cafe',
        '--number',
        NUMBER,
        '--token-file',
        file(TOKEN),
        '--stack',
        'staging',
      ];
      expect((await businesses(words, aws)).code).toBe(0);
      expect(tokenOf(await only(), createTokenKeys([K2]))).toBe(TOKEN);
    });
  });
});
