import { systemClock as clock } from '../../app/clock.ts';
import { isBusinessId } from '../../app/domain/business.ts';
import { type Cost, isMonth, monthOf, oldestMonth } from '../../app/domain/pricing.ts';
import type { TokenCount } from '../../app/domain/usage.ts';
import type { Command, Print } from '../command.ts';
import { UsageError } from '../errors.ts';
import { storeTargetOf, withStore } from '../operations/open-store.ts';
import { asTable } from '../subcommands/print.ts';
import { type Rates, readRates } from './rates.ts';

const HELP = `Usage: npm run businesses -- costs [local|staging|production] [--month 2026-11] [--business <id>] [--rates <file>] [--json]

How many parts of replies were delivered in a month (UTC), by business, category and country of the recipient's
number (XX: unknown), and whether Meta charges for them: its statuses print so. Each part counts once, when its
delivery is reported; a crash at the wrong moment may leave one uncounted. Messages that other programs send from
the same numbers are not counted. Then the tokens of the assistant's answers, where the model reports them
(ASSISTANT=openai), by business, in the month in which the answer was stored. Kept for 25 months, without numbers or
names of people. A deployment without a registry of businesses has one, "env".

Amounts are shown only with a rate table of your own, since Meta's rates differ by country and change:
    {"currency": "USD", "rates": {"PK": {"service": 0.01, "utility": 0.01}, "*": {"service": 0.02}}}
They are an estimate: Meta's invoice knows volume tiers, and months of the account's own time zone.

  --help    this text

Exit codes: 0 done, 1 an error, 2 wrong call.
`;

export interface CostsOptions {
  /** `local` (default) or a stack. */
  readonly store?: string | undefined;
  /** Default: the present one. */
  readonly month?: string | undefined;
  /** Default: all. */
  readonly business?: string | undefined;
  /** Path of a rate table. */
  readonly rates?: string | undefined;
  readonly json?: boolean | undefined;
}

interface Counts {
  billable: number;
  free: number;
  /** Of the billable parts; undefined when the table has no rate for some of them, or there is no table. */
  amount: number | undefined;
}

interface Row extends Counts {
  readonly business: string;
  readonly category: string;
  readonly country: string;
}

const OPTIONS = {
  month: { type: 'string' },
  business: { type: 'string' },
  rates: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const costsCommand: Command<typeof OPTIONS> = {
  ...{ name: 'businesses', help: HELP, options: OPTIONS, maxArgs: 2 },
  run: ({ values, args: [, store], print }) => costs({ ...values, store }, print),
};

/** Prints what delivered parts cost. Resolves to the exit code. */
export async function costs(options: CostsOptions, print: Print): Promise<number> {
  const { store: word = 'local', month = monthOf(clock.now()), business, json } = options;
  const target = storeTargetOf(word);
  if (!isMonth(month)) throw new UsageError(`\`${month}\` is no month: write it as 2026-11.`);
  if (business !== undefined && !isBusinessId(business))
    throw new UsageError(`\`${business}\` is no id of a business: 1 to 64 letters, digits, "-" and "_".`);
  const oldest = oldestMonth(clock.now());
  if (month < oldest) throw new UsageError(`Counts are kept for 25 months: ${oldest} is the oldest month.`);
  const rates = options.rates === undefined ? undefined : readRates(options.rates);

  return withStore(target, async ({ store, location }) => {
    const isAsked = (counted: { business: string }) =>
      business === undefined || counted.business === business;
    const rows = rowsOf((await store.costs(month)).filter(isAsked), rates);
    const tokens = (await store.tokens(month))
      .filter(isAsked)
      .sort((a, b) => (a.business < b.business ? -1 : 1));
    if (json) {
      print(JSON.stringify(asJson(month, rows, rates, tokens)));
      return 0;
    }
    if (rows.length === 0) print(`No delivered parts with a price in ${month} in ${location}.`);
    else for (const line of asText(month, location, rows, rates)) print(line);
    for (const line of tokensAsText(month, location, tokens)) print(line);
    return 0;
  });
}

/** Sums the free and the billable parts of each business, category and country; sorted. */
function rowsOf(counted: readonly Cost[], rates: Rates | undefined): Row[] {
  const rows = new Map<string, Row>();
  for (const { business, category, country, billable, parts } of counted) {
    const key = [business, category, country].join(' ');
    const row = rows.get(key) ?? { business, category, country, billable: 0, free: 0, amount: undefined };
    row[billable ? 'billable' : 'free'] += parts;
    rows.set(key, row);
  }
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => ({ ...row, amount: amountOf(row, rates) }));
}

function amountOf({ country, category, billable }: Row, rates: Rates | undefined): number | undefined {
  if (rates === undefined) return undefined;
  const rate = billable === 0 ? 0 : rates.rateOf(country, category);
  return rate === undefined ? undefined : rounded(rate * billable);
}

function sumOf(rows: readonly Row[]): Counts {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const amounts = rows.flatMap(({ amount }) => amount ?? []);
  return {
    billable: sum(rows.map(({ billable }) => billable)),
    free: sum(rows.map(({ free }) => free)),
    amount: amounts.length < rows.length ? undefined : rounded(sum(amounts)),
  };
}

/** To a millionth: rates have four decimals or fewer. */
function rounded(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

function totalsOf(rows: readonly Row[]): readonly (Counts & { readonly business: string })[] {
  const businesses = [...new Set(rows.map(({ business }) => business))];
  return businesses.map((business) => ({
    business,
    ...sumOf(rows.filter((row) => row.business === business)),
  }));
}

function asJson(
  month: string,
  rows: readonly Row[],
  rates: Rates | undefined,
  tokens: readonly TokenCount[],
) {
  const currency = rates && { currency: rates.currency };
  return { month, ...currency, costs: rows, businesses: totalsOf(rows), total: sumOf(rows), tokens };
}

/** Returns no lines when no model reported tokens. */
function tokensAsText(month: string, location: string, tokens: readonly TokenCount[]): string[] {
  if (tokens.length === 0) return [];
  const cells = (counts: readonly Omit<TokenCount, 'business'>[]) =>
    (['answers', 'inputTokens', 'outputTokens'] as const).map((name) =>
      String(counts.reduce((total, count) => total + count[name], 0)),
    );
  return [
    '',
    `Tokens of answers in ${month} (UTC) in ${location}:`,
    '',
    ...asTable([
      ['business', 'answers', 'input', 'output'],
      ...tokens.map((count) => [count.business, ...cells([count])]),
      ...(tokens.length > 1 ? [['all', ...cells(tokens)]] : []),
    ]),
  ];
}

function asText(month: string, location: string, rows: readonly Row[], rates: Rates | undefined): string[] {
  const cells = ({ billable, free, amount }: Counts) => [
    ...[String(billable), String(free)],
    ...(rates === undefined
      ? []
      : [amount === undefined ? 'no rate' : `${amount.toFixed(4)} ${rates.currency}`]),
  ];
  const totals = totalsOf(rows);
  const table = asTable([
    ['business', 'category', 'country', 'billable', 'free', ...(rates === undefined ? [] : ['amount'])],
    ...rows.map((row) => [row.business, row.category, row.country, ...cells(row)]),
    ...totals.map((total) => [total.business, 'together', '', ...cells(total)]),
    ...(totals.length > 1 ? [['all', 'together', '', ...cells(sumOf(rows))]] : []),
  ]);
  return [
    `Parts delivered in ${month} (UTC) in ${location}:`,
    '',
    ...table,
    '',
    rates === undefined
      ? "No amounts: give a table of Meta's present rates with --rates <file>."
      : "An estimate by your table; Meta's invoice decides.",
  ];
}
