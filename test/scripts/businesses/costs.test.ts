import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { monthOf, type Pricing } from '#app/domain/pricing.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { startDynamoDb } from '../../fakes/dynamodb.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { AISHA, message, status } from '../../fakes/messages.ts';
import { runProgram } from '../../fakes/program.ts';
import { startSqs } from '../../fakes/sqs.ts';
import { createStackResources } from '../../fakes/stack-resources.ts';
import { wallClock as clock } from '../../fakes/wall-clock.ts';

const dynamoDb = await startDynamoDb();
const sqs = await startSqs();

/** A folder without a `.env`. */
const folder = temporaryFolder();
const path = join(folder, 'app.db');
const run = (
  words: readonly string[],
  environment: Readonly<Record<string, string>> = { SQLITE_PATH: path },
) => runProgram('scripts/businesses.ts', environment, words, folder).ended;
const costs = (...words: readonly string[]) => run(['costs', ...words]);

const NOW = clock.now();
const MONTH = monthOf(NOW);
const PK: Pricing = { billable: true, category: 'service', country: 'PK' };

/** A part that was delivered at this price. */
async function deliver(store: ConversationStore, business: string, pricing: Pricing): Promise<void> {
  const [accepted] = await store.accept([message('a question', { business, person: AISHA })]);
  const claim = await store.claim(accepted?.conversation ?? '', 60_000);
  if (!claim.claimed) throw new Error('not claimed');
  const [{ key = '' } = {}] = await store.writeReply(claim.lease, ['an answer'], {});
  await store.markSending(claim.lease, key);
  await store.markSent(claim.lease, key, `wamid.of-${key}`);
  await store.finish(claim.lease);
  await store.recordStatuses([status(key, 'delivered', { business, at: NOW, pricing })]);
}

beforeAll(async () => {
  const store = await openSqliteStore({ path, clock, newId: randomUUID });
  for (const pricing of [PK, PK, { ...PK, billable: false }, { ...PK, country: 'FR' }]) {
    await deliver(store, 'clinic', pricing);
  }
  await deliver(store, 'bakery', { ...PK, category: 'general_purpose_ai' });
  await store.close();
});

function rates(content: unknown): string {
  const file = join(temporaryFolder(), 'rates.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('costs', () => {
  it('are shown for each business, category and country, of this month unless told otherwise', async () => {
    const { code, output } = await costs();
    expect({ code, lines: output.split('\n') }).toEqual({
      code: 0,
      lines: [
        `Parts delivered in ${MONTH} (UTC) in ${path}:`,
        '',
        'business  category            country  billable  free',
        'bakery    general_purpose_ai  PK              1     0',
        'clinic    service             FR              1     0',
        'clinic    service             PK              2     1',
        'bakery    together                            1     0',
        'clinic    together                            3     1',
        'all       together                            4     1',
        '',
        "No amounts: give a table of Meta's present rates with --rates <file>.",
        '',
      ],
    });
  });

  it('of one business, by a rate table', async () => {
    const table = { currency: 'EUR', rates: { PK: { service: 0.0123 }, '*': { service: 0.02 } } };
    const { code, output } = await costs('--business', 'clinic', '--rates', rates(table));
    expect({ code, lines: output.split('\n').slice(2) }).toEqual({
      code: 0,
      lines: [
        'business  category  country  billable  free  amount',
        'clinic    service   FR              1     0  0.0200 EUR',
        'clinic    service   PK              2     1  0.0246 EUR',
        'clinic    together                  3     1  0.0446 EUR',
        '',
        "An estimate by your table; Meta's invoice decides.",
        '',
      ],
    });
  });

  it('are JSON for other programs; what has no rate has no amount, and neither has its sum', async () => {
    const file = rates({ currency: 'USD', rates: { PK: { service: 0.01 }, FR: { service: 0.1 } } });
    const { code, output } = await costs('local', '--json', '--month', MONTH, '--rates', file);
    const clinic = { business: 'clinic', category: 'service' };
    expect(code).toBe(0);
    expect(JSON.parse(output)).toEqual({
      ...{ month: MONTH, currency: 'USD' },
      costs: [
        { business: 'bakery', category: 'general_purpose_ai', country: 'PK', billable: 1, free: 0 },
        { ...clinic, country: 'FR', billable: 1, free: 0, amount: 0.1 },
        { ...clinic, country: 'PK', billable: 2, free: 1, amount: 0.02 },
      ],
      businesses: [
        { business: 'bakery', billable: 1, free: 0 },
        { business: 'clinic', billable: 3, free: 1, amount: 0.12 },
      ],
      total: { billable: 4, free: 1 },
      tokens: [],
    });
  });

  it('have the tokens of answers beside them, also where no part has a price', async () => {
    const own = join(temporaryFolder(), 'app.db');
    const store = await openSqliteStore({ path: own, clock, newId: randomUUID });
    const usage = { inputTokens: 1_200, outputTokens: 30 };
    for (const business of ['clinic', 'clinic', 'env']) {
      const [accepted] = await store.accept([message('a question', { business, person: AISHA })]);
      const claim = await store.claim(accepted?.conversation ?? '', 60_000);
      if (!claim.claimed) throw new Error('not claimed');
      await store.writeReply(claim.lease, ['an answer'], {}, usage);
      await store.finish(claim.lease);
    }
    await store.close();
    const environment = { SQLITE_PATH: own };
    expect((await run(['costs'], environment)).output.split('\n')).toEqual([
      `No delivered parts with a price in ${MONTH} in ${own}.`,
      '',
      `Tokens of answers in ${MONTH} (UTC) in ${own}:`,
      '',
      'business  answers  input  output',
      'clinic          2   2400      60',
      'env             1   1200      30',
      'all             3   3600      90',
      '',
    ]);
    const { output } = await run(['costs', '--json', '--business', 'clinic'], environment);
    expect(JSON.parse(output).tokens).toEqual([
      { business: 'clinic', answers: 2, inputTokens: 2_400, outputTokens: 60 },
    ]);
  });

  it('of a stack are read from its tables', async () => {
    const { store, environment } = await createStackResources('production', dynamoDb, sqs);
    await deliver(store, 'clinic', PK);
    const { code, output } = await run(['costs', 'production', '--json'], environment);
    expect(code).toBe(0);
    expect(JSON.parse(output).costs).toEqual([
      { business: 'clinic', category: 'service', country: 'PK', billable: 1, free: 0 },
    ]);
  });

  it('that nobody caused are no error', async () => {
    expect(await costs('--business', 'nobody')).toEqual({
      code: 0,
      output: `No delivered parts with a price in ${MONTH} in ${path}.\n`,
    });
  });

  it.each([
    ['a month that is none', ['--month', '2026-13'], 'write it as 2026-11'],
    ['a month that is too old', ['--month', '2019-11'], 'Counts are kept for 25 months'],
    ['a business that is none', ['--business', 'the clinic'], 'is no id of a business'],
    ['another store', ['moon'], 'name local, staging or production'],
  ])('are refused for %s', async (_, words, sentence) => {
    const { code, output } = await costs(...words);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(sentence) });
  });

  it.each([
    ['no JSON', 'PK: 0.01', 'cannot be read as JSON'],
    ['a currency in words', { currency: 'dollars', rates: {} }, 'currency: three capital letters'],
    ['a country in words', { currency: 'USD', rates: { Pakistan: { service: 1 } } }, 'rates.Pakistan'],
    ['a rate in words', { currency: 'USD', rates: { PK: { service: '0.01' } } }, 'rates.PK.service'],
  ])('are refused with a rate table of %s', async (_, content, sentence) => {
    const { code, output } = await costs('--rates', rates(content));
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(sentence) });
  });

  it('need their command', async () => {
    expect(await run([])).toMatchObject({ code: 2 });
  });
});
