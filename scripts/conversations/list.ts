import { systemClock as clock } from '../../app/clock.ts';
import type { Command } from '../command.ts';
import { storeTargetOf, withStore } from '../operations/open-store.ts';
import { countOf } from '../subcommands/options.ts';
import { report } from '../subcommands/print.ts';
import { reasonsOf, viewOf } from './view.ts';

const MAX_LISTED = 1_000;

const HELP = `Usage: npm run conversations -- list [local|staging|production] [--limit 100] [--json]

The conversations with waiting messages, an open turn, a dead letter, a hand-off or an opt-out: those whose last event is
oldest come first. For each its id, its status, its last event, and why it is in that status. No text, no phone number.

  processing_reply  a worker is on it                     opted_out      the person asked for no more messages
  retry             the next attempt comes by itself      handed_off     a person of the business answers
  failed            the turn was given up: npm run redrive
  waiting           messages that no turn has taken       template_sent  a template was sent instead of an answer
  reply_sent        answered (an earlier turn is a dead letter)          idle  nothing to answer

In a stack this reads the whole table of conversations: some cents for each gigabyte.

  --limit <n>   at most so many, 1 to ${MAX_LISTED}; default 100
  --json        print one JSON object instead of lines
  --help        this text

Exit codes: 0 done, 1 an error, 2 wrong call.
`;

const OPTIONS = {
  limit: { type: 'string', default: '100' },
  json: { type: 'boolean', default: false },
} as const;

export const list: Command<typeof OPTIONS> = {
  ...{ name: 'conversations', help: HELP, options: OPTIONS, maxArgs: 2 },
  async run({ values, args: [, word = 'local'], print }) {
    const target = storeTargetOf(word);
    const limit = countOf('limit', values.limit, MAX_LISTED);
    return withStore(target, async ({ store, location }) => {
      const now = clock.now();
      const views = (await store.conversations(limit)).map((shown) => viewOf(shown, now));
      const lines = views.map((view) =>
        [view.id, view.status, view.lastAt, reasonsOf(view).join('; ')].join('  ').trimEnd(),
      );
      report(values, print, { conversations: views }, [
        ...(lines.length === 0 ? [`Nothing waits in ${location}.`] : lines),
        ...(lines.length === limit
          ? [`\nThere may be more: npm run conversations -- list ${target} --limit ${MAX_LISTED}`]
          : []),
      ]);
      return 0;
    });
  },
};
