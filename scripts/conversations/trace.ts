import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { systemClock as clock } from '../../app/clock.ts';
import { createPersonHasher } from '../../app/log.ts';
import type { Command } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { asStoreTarget, type StoreTarget } from '../operations/open-store.ts';
import { report } from '../subcommands/print.ts';
import { logKeyFor } from '../tracing/log-key.ts';
import { readStepLine, type StepLine } from '../tracing/step-line.ts';
import { type Trace, tracesOf } from '../tracing/trace.ts';
import { describe } from './step-words.ts';

const HELP = `Usage: npm run conversations -- trace <id> [staging|production] [options]
       npm run conversations -- trace <id> --log <file, or - for standard input> [options]

The steps of a message, from its delivery to the last status of its reply, with times and without any text. They are read
from the log: of a stack in CloudWatch, with your own AWS credentials, or of this machine from a file.

  journalctl -u ansari-whatsapp -o cat | npm run conversations -- trace <id> --log -

<id> is the platform's id of a message or of a part of a reply, the id of a turn or of a conversation (\`conversations --
show\` prints both), or a hash as the log has it: who, message, sent.

  --log <file>     read this log instead of CloudWatch; "-" is standard input
  --since <time>   how far back: 90m, 24h, 7d (24h). A log file is read from its beginning
  --json           print one JSON object instead of lines
  --help           this text

The log holds hashes instead of ids of messages, numbers and conversations. Their key comes from META_APP_SECRET, or from
TWILIO_AUTH_TOKEN without it: of this machine's environment or .env, or of the stack's parameters. Without that key only
turns and hashes can be found.

Exit codes: 0 done, 1 an error, or there is no such step in the log, 2 wrong call.
`;

const OPTIONS = {
  json: { type: 'boolean', default: false },
  log: { type: 'string' },
  since: { type: 'string', default: '24h' },
} as const;

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export const trace: Command<typeof OPTIONS> = {
  ...{ name: 'conversations', help: HELP, options: OPTIONS, maxArgs: 3 },
  async run({ values, args, print }) {
    const [, id, word] = args;
    const target = word === undefined ? 'local' : asStoreTarget(word);
    if (id === undefined || target === undefined || asStoreTarget(id) !== undefined)
      throw new UsageError(
        'Name one id, and a stack or a log: npm run conversations -- trace wamid.HBg... staging',
      );
    const since = clock.now() - durationOf(values.since);
    const ids = await searchedFor(id.trim(), target);
    const steps = await read(values.log, target, ids, since);
    const traces = tracesOf(steps, ids);
    if (traces.length === 0) {
      const where =
        values.log === undefined
          ? `the log of ${target} since ${new Date(since).toISOString()}`
          : nameOf(values.log);
      throw new CommandError(`There is no step of this id in ${where}.`);
    }
    const lines = traces.flatMap((one, index) => [...(index > 0 ? [''] : []), ...linesOf(one)]);
    report(values, print, { traces }, lines);
    return 0;
  },
};

function durationOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  if (ms > 0) return ms;
  throw new UsageError(`--since is a number of minutes, hours or days, such as 90m, 24h or 7d, not ${text}.`);
}

/** The id itself, for a turn or a hash, and its hash, for everything else. */
async function searchedFor(id: string, target: StoreTarget): Promise<ReadonlySet<string>> {
  const key = await logKeyFor(target);
  return new Set(key === undefined ? [id] : [id, createPersonHasher(key)(id)]);
}

async function read(
  log: string | undefined,
  target: StoreTarget,
  ids: ReadonlySet<string>,
  since: number,
): Promise<readonly StepLine[]> {
  if (log !== undefined) return stepsOfFile(log);
  if (target === 'local')
    throw new UsageError(
      'Name a stack, or the log of this machine: --log <file>, or --log - for standard input.',
    );
  const { stepsOfStack } = await import('../tracing/cloudwatch.ts');
  return stepsOfStack(target, ids, since);
}

/** Line by line: a log may be larger than the memory. */
async function stepsOfFile(file: string): Promise<readonly StepLine[]> {
  const steps: StepLine[] = [];
  try {
    const input = file === '-' ? process.stdin : createReadStream(file, 'utf8');
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const step = readStepLine(line);
      if (step !== undefined) steps.push(step);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new CommandError(`${nameOf(file)} cannot be read (${code}).`, { cause: error });
  }
  return steps;
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function linesOf({ turn, who, steps }: Trace): string[] {
  const startedAt = Date.parse(steps[0]?.time ?? '');
  const head =
    turn === undefined
      ? 'a message that no turn has taken'
      : `turn ${turn} of the conversation ${who ?? '?'}`;
  return [
    `${head}, ${steps[0]?.time}`,
    ...steps.map((step) =>
      `${secondsText(Date.parse(step.time) - startedAt)}  ${step.step.padEnd(10)}  ${describe(step)}`.trimEnd(),
    ),
  ];
}

function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(3).padStart(9)} s`;
}
