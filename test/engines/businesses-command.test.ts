/** `npm run businesses` on a real server of MongoDB's protocol, where the environment names one. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ObjectId } from 'mongodb';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { businessAt, parseBusiness } from '#app/businesses/document.ts';
import { createTokenKeys } from '#app/businesses/token-envelope.ts';
import { rivalsOf, takeNumbers } from '#scripts/businesses/claim.ts';
import type { BusinessDocument } from '#scripts/businesses/collection.ts';
import { replaceSealed } from '#scripts/businesses/reseal.ts';
import { createSimulator } from '#scripts/simulator/simulator.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { testDatabase } from '../fakes/mongodb.ts';
import { type Program, runProgram } from '../fakes/program.ts';
import { startSsm } from '../fakes/ssm.ts';
import vectors from '../fixtures/businesses/envelopes.json' with { type: 'json' };
import { canRun } from './needs.ts';

const uri = process.env.MONGODB_URI;
const there = canRun('mongodb', uri === undefined ? ['no MONGODB_URI'] : []);
const database = uri === undefined ? undefined : await testDatabase(uri);

const NUMBER = '100000000000001';
const K1 = { id: 'k1', key: randomBytes(32) };
const K2 = { id: 'k2', key: randomBytes(32) };
const ENCRYPTION_SECRET = [K1].map(written).join();
const ROTATING = [K2, K1].map(written).join();
const keys = createTokenKeys([K1]);

function written({ id, key }: typeof K1): string {
  return `${id}:${key.toString('base64')}`;
}

/** Whatever holds this in its text is a secret in these tests. */
const MARK = 'S3cr3t';
const TOKEN = `EAA${MARK}A1b2C3d4E5f6G7h8`;

const folder = temporaryFolder();
function file(content: string): string {
  const name = `f-${randomBytes(6).toString('hex')}`;
  writeFileSync(join(folder, name), content);
  return name;
}

function collection() {
  if (database === undefined) throw new Error('no database');
  return database.db.collection<BusinessDocument>('businesses');
}

const environment = { MONGODB_URI: uri ?? '', MONGODB_DB_NAME: database?.name ?? '', ENCRYPTION_SECRET };

function start(
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
  input?: string,
): Program {
  return runProgram('scripts/businesses.ts', { ...environment, ...more }, words, folder, input);
}

/** Runs the command. Fails when it prints a secret, or the stack of an error. */
async function businesses(
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
  input?: string,
) {
  const program = start(words, more, input);
  const { code, output } = await program.ended;
  for (const secret of [MARK, 'EAA', K1.key.toString('base64'), '    at '])
    expect(output).not.toContain(secret);
  return { code, output };
}

const add = (...words: string[]) =>
  businesses(['add', '--name', 'Cafe', '--token-file', file(TOKEN), ...words]);

async function only(filter = {}): Promise<BusinessDocument> {
  const documents = await collection().find(filter).toArray();
  expect(documents).toHaveLength(1);
  return documents[0] as BusinessDocument;
}

function tokenOf(document: BusinessDocument, by = keys): string {
  const stored = parseBusiness(document);
  if (stored === undefined) throw new Error('no business');
  return businessAt(stored, NUMBER, by).accessToken();
}

/** As another program would write it. */
function stored(fields: Partial<BusinessDocument> = {}): BusinessDocument {
  const _id = new ObjectId();
  const whatsappAccessToken = keys.seal(_id.toHexString(), TOKEN);
  const enabled = { whatsappEnabled: true, isActive: true };
  return { _id, name: 'Café', whatsappPhoneNumberIds: [NUMBER], whatsappAccessToken, ...enabled, ...fields };
}

const servedCount = () =>
  collection().countDocuments({ whatsappPhoneNumberIds: NUMBER, whatsappEnabled: true, isActive: true });

describe.runIf(there)('npm run businesses', () => {
  beforeEach(async () => {
    await collection().deleteMany({});
  });

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

  it('check-tokens asks Meta for each number, and reports what expires', async () => {
    const simulator = await createSimulator({ accessToken: TOKEN });
    onTestFinished(() => simulator.close());
    const soon = stored({ whatsappTokenExpiresAt: new Date(Date.now() + 3 * 86_400_000) });
    const past = stored({ whatsappTokenExpiresAt: new Date(1000) });
    const [clear, foreign, off] = [
      stored({ whatsappAccessToken: TOKEN }),
      stored({ whatsappPhoneNumberIds: ['999999999999999'] }),
      stored({ whatsappEnabled: false, whatsappAccessToken: TOKEN }),
    ];
    const refused = stored();
    refused.whatsappAccessToken = keys.seal(String(refused._id), `${TOKEN}x`);
    await collection().insertMany([stored(), soon, past, clear, foreign, off, refused]);

    const graph = { META_API_URL: simulator.url };
    const { code, output } = await businesses(['check-tokens', '--json'], graph);
    expect(code).toBe(1);
    const { businesses: count, valid, findings } = JSON.parse(output);
    expect([count, valid]).toEqual([6, 3]);
    const states = Object.fromEntries(
      findings.map(({ id, state }: { id: string; state: string }) => [id, state]),
    );
    expect(states).toEqual({
      [String(soon._id)]: 'expires soon',
      [String(past._id)]: 'expired',
      [String(clear._id)]: 'unreadable',
      [String(foreign._id)]: 'not allowed',
      [String(refused._id)]: 'refused',
    });
    await collection().deleteMany({ _id: { $in: [past, clear, foreign, refused].map(({ _id }) => _id) } });
    expect(await businesses(['check-tokens', '--days', '1'], graph)).toEqual({
      code: 0,
      output: '2 business(es), 2 number(s) with a valid token, 0 finding(s).\n',
    });
  });
});
