import { systemClock as clock } from '../../app/clock.ts';
import type { Command } from '../command.ts';
import { identityOf } from '../operations/identity.ts';
import { withStore } from '../operations/open-store.ts';
import { asRows, report } from '../subcommands/print.ts';
import { findConversations, whoAndStore } from './find.ts';
import { type PartView, reasonsOf, type View, viewOf } from './view.ts';

const HELP = `Usage: npm run conversations -- show <conversation id, phone number or user id> [local|staging|production] [--json]

One conversation, or all of a person with all numbers of all businesses: its status and why, how the service stands with
the person, the age of the thread, and the newest turn with its parts, their marks and times. Never a text. Numbers and
ids of the person are masked, but the one that you name.

  --json    print one JSON object instead of lines
  --help    this text

Exit codes: 0 done, 1 an error, or there is no such conversation, 2 wrong call.
`;

const OPTIONS = { json: { type: 'boolean', default: false } } as const;

export const show: Command<typeof OPTIONS> = {
  ...{ name: 'conversations', help: HELP, options: OPTIONS, maxArgs: 3 },
  async run({ values, args, print }) {
    const { who, target } = whoAndStore(args);
    return withStore(target, async ({ store, location }) => {
      const now = clock.now();
      const found = await findConversations(store, location, who);
      const views = found.map((shown) => viewOf(shown, now, identityOf(who)));
      const lines = views.flatMap((view, index) => [...(index > 0 ? [''] : []), ...linesOf(view)]);
      report(values, print, { conversations: views }, lines);
      return 0;
    });
  },
};

function linesOf(view: View): string[] {
  const { person, thread, turn } = view;
  const names = [person.phone, person.userId].filter((name) => name !== undefined);
  return asRows([
    ['conversation', view.id],
    ['status', view.status],
    ...reasonsOf(view).map((reason) => ['why', reason] as const),
    ['business', view.business],
    ['number', `${view.channel} ${view.number}`],
    ['person', names.length === 0 ? 'has moved to other conversations' : names.join(', ')],
    ['language', view.language],
    ['last event', view.lastAt],
    ['person wrote', view.inboundAt],
    ['AI notice', view.noticeAt],
    [
      'thread',
      thread && `last used ${thread.lastAt}, ${thread.questions ?? 'unknown number of'} question(s)`,
    ],
    ['turn', turn && `${turn.id}, ${turn.isOpen ? 'open' : 'ended'}, ${turn.attempts} attempt(s)`],
    ['given up', turn?.gaveUpReason],
    ...(turn?.parts ?? []).map((part) => ['part', partLine(part)] as const),
  ]);
}

function partLine({ key, state, progress, code, triedAt, failures, isTemplate }: PartView): string {
  return [
    key,
    state,
    ...(progress === undefined ? [] : [progress]),
    ...(code === undefined ? [] : [code]),
    ...(triedAt === undefined ? [] : [`tried ${triedAt}`]),
    ...(failures === undefined ? [] : [`failed before: ${failures.join(', ')}`]),
    ...(isTemplate ? ['template'] : []),
  ].join('  ');
}
