import PQueue from 'p-queue';
import { businessAt, type StoredBusiness } from '../../app/businesses/document.ts';
import { Unavailable } from '../../app/domain/errors.ts';
import type { Call, Command } from '../command.ts';
import { COMMON, COMMON_HELP, countOf, refuseArgs } from '../subcommands/options.ts';
import { report } from '../subcommands/print.ts';
import { withBusinesses } from './collection.ts';
import { allBusinesses } from './find.ts';
import { type GraphState, graphCheck } from './graph-check.ts';

const HELP = `Usage: npm run businesses -- check-tokens [options]

Decrypts the token of every business that is answered, and asks Meta with it for each of its numbers. Reports tokens that
are expired, expire soon, are refused, may not use the number, or cannot be decrypted. Sends no message.

  --days <n>         report tokens that expire within so many days (14)
  --concurrency <n>  calls at a time (5)
${COMMON_HELP}

Exit codes: 0 every token is valid, 1 something was reported, or an error, 2 wrong call.
`;

const OPTIONS = {
  ...COMMON,
  days: { type: 'string', default: '14' },
  concurrency: { type: 'string', default: '5' },
} as const;

const DAY_MS = 86_400_000;

interface Finding {
  readonly id: string;
  readonly number?: string;
  readonly state: Exclude<GraphState, 'valid'> | 'unreadable' | 'expired' | 'expires soon' | 'wrong settings';
  readonly detail: string;
}

export const checkTokens: Command<typeof OPTIONS> = { name: 'businesses', help: HELP, options: OPTIONS, run };

async function run({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  refuseArgs(args);
  const soonMs = countOf('days', values.days, 3650) * DAY_MS;
  const queue = new PQueue({ concurrency: countOf('concurrency', values.concurrency, 50) });
  return withBusinesses(values, async (opened) => {
    const [keys, { META_API_URL, META_API_VERSION }] = await Promise.all([
      opened.keys(),
      opened.settings.graph(),
    ]);
    const ask = graphCheck(`${META_API_URL}/${META_API_VERSION}`);
    const businesses: StoredBusiness[] = [];
    for await (const found of allBusinesses(opened.collection))
      if (found?.stored.isServed) businesses.push(found.stored);

    const findings = businesses.flatMap((stored) => [...expiryOf(stored, soonMs), ...problemsOf(stored)]);
    let valid = 0;
    const check = async (stored: StoredBusiness, number: string) => {
      const { id } = stored;
      const token = tokenOf(() => businessAt(stored, number, keys).accessToken());
      const { state, detail } =
        typeof token === 'string' ? await ask(number, token) : ({ state: 'unreadable', ...token } as const);
      if (state === 'valid') valid += 1;
      else findings.push({ id, number, state, detail });
    };
    for (const stored of businesses) {
      for (const number of stored.numbers) void queue.add(() => check(stored, number));
    }
    await queue.onIdle();
    findings.sort((one, other) => one.id.localeCompare(other.id));
    report(values, print, { businesses: businesses.length, valid, findings }, [
      ...findings.map(
        ({ id, number, state, detail }) =>
          `${id}${number === undefined ? '' : `  ${number}`}  ${state}: ${detail}`,
      ),
      `${businesses.length} business(es), ${valid} number(s) with a valid token, ${findings.length} finding(s).`,
    ]);
    return findings.length === 0 ? 0 : 1;
  });
}

function tokenOf(open: () => string): string | { readonly detail: string } {
  try {
    return open();
  } catch (error) {
    if (error instanceof Unavailable) return { detail: error.message };
    throw error;
  }
}

function problemsOf({ id, problems }: StoredBusiness): Finding[] {
  return problems.map((detail) => ({ id, state: 'wrong settings', detail }));
}

function expiryOf({ id, tokenExpiresAt }: StoredBusiness, soonMs: number): Finding[] {
  if (tokenExpiresAt === undefined) return [];
  const leftMs = tokenExpiresAt - Date.now();
  if (leftMs > soonMs) return [];
  const detail = `whatsappTokenExpiresAt is ${new Date(tokenExpiresAt).toISOString()}`;
  return [{ id, state: leftMs <= 0 ? 'expired' : 'expires soon', detail }];
}
