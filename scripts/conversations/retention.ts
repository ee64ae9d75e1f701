import { systemClock as clock } from '../../app/clock.ts';
import { DEAD_LETTERS_KEPT_MS, TEXT_KEPT_MS } from '../../app/domain/retention.ts';
import type { Maintenance, OldestTexts } from '../../app/ports/store.ts';
import type { Command } from '../command.ts';
import { storeTargetOf, withStore } from '../operations/open-store.ts';
import { asTable, report } from '../subcommands/print.ts';

const HELP = `Usage: npm run conversations -- retention [local|staging|production] [--now] [--json]

How old the oldest text of each kind is, and how long it may be kept. No text is shown. A running service deletes what is
past its time by itself: every ten minutes in the process of QUEUE=inline, every minute in the worker of a stack.

  messages       that wait for an answer: kept until it is given
  dead letters   kept for ${days(DEAD_LETTERS_KEPT_MS)} days, for npm run redrive
  replies        deleted when they arrive, else after ${days(TEXT_KEPT_MS)} days
  edits          whose message never arrived: ${days(TEXT_KEPT_MS)} days

In a stack this reads both tables: some cents for each gigabyte. There DynamoDB itself deletes dead letters and edits,
within a few days after their time ("Time to Live", DynamoDB developer guide).

  --now     delete first what is past its time, and say how much it was
  --json    print one JSON object instead of lines
  --help    this text

Exit codes: 0 done, 1 an error, or a text is more than three days past its time, 2 wrong call.
`;

const OPTIONS = {
  now: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const DAY_MS = 24 * 60 * 60 * 1000;
/** "Within a few days" (DynamoDB developer guide, "Time to Live"); the retention job itself needs minutes. */
const GRACE_MS = 3 * DAY_MS;

const KINDS: readonly (readonly [kind: keyof OldestTexts, name: string, keptMs: number | undefined])[] = [
  ['message', 'messages', undefined],
  ['deadLetter', 'dead letters', DEAD_LETTERS_KEPT_MS],
  ['part', 'replies', TEXT_KEPT_MS],
  ['correction', 'edits', TEXT_KEPT_MS],
];

interface OldestOf {
  readonly kind: string;
  /** ISO 8601; null when there is none. */
  readonly oldestAt: string | null;
  readonly ageDays: number | null;
  /** Null: until it is answered. */
  readonly keptDays: number | null;
  readonly overdue: boolean;
}

export const retention: Command<typeof OPTIONS> = {
  ...{ name: 'conversations', help: HELP, options: OPTIONS, maxArgs: 2 },
  async run({ values, args: [, word = 'local'], print }) {
    const target = storeTargetOf(word);
    return withStore(target, async ({ store, location }) => {
      const deleted = values.now ? await forgetAll(store) : undefined;
      const texts = oldestOf(await store.oldestTexts(), clock.now());
      const lines = [
        ...(deleted === undefined
          ? []
          : [`Deleted in ${location}: ${deleted.texts} text(s), ${deleted.rows} other record(s).\n`]),
        ...asTable([['kind', 'oldest', 'days', 'kept for'], ...texts.map(rowOf)]),
      ];
      report(values, print, { store: location, ...(deleted && { deleted }), texts }, lines);
      return texts.some(({ overdue }) => overdue) ? 1 : 0;
    });
  },
};

/** Repeats the job until it has seen the whole store. */
async function forgetAll(store: Pick<Maintenance, 'forgetOld'>): Promise<{ texts: number; rows: number }> {
  const sum = { texts: 0, rows: 0 };
  for (let hasMore = true; hasMore; ) {
    const deleted = await store.forgetOld();
    sum.texts += deleted.texts;
    sum.rows += deleted.rows;
    ({ hasMore } = deleted);
  }
  return sum;
}

function oldestOf(texts: OldestTexts, now: number): OldestOf[] {
  return KINDS.map(([key, kind, keptMs]) => {
    const at = texts[key];
    const ageMs = at === undefined ? 0 : now - at;
    return {
      kind,
      oldestAt: at === undefined ? null : new Date(at).toISOString(),
      ageDays: at === undefined ? null : days(ageMs),
      keptDays: keptMs === undefined ? null : days(keptMs),
      overdue: keptMs !== undefined && ageMs > keptMs + GRACE_MS,
    };
  });
}

function rowOf({ kind, oldestAt, ageDays, keptDays, overdue }: OldestOf): string[] {
  const kept = keptDays === null ? 'until it is answered' : `${keptDays} days${overdue ? ': overdue' : ''}`;
  return [kind, oldestAt ?? 'none', ageDays === null ? '' : String(ageDays), kept];
}

/** Rounded to tenths. */
function days(ms: number): number {
  return Math.round((ms / (24 * 60 * 60 * 1000)) * 10) / 10;
}
