import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Call, type Print, runCommand } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { createProgress } from '../progress.ts';
import { reportOf as reportOfAnswers } from './answers/report.ts';
import { type AnswersPlan, type AnswersResults, APP_ANSWERING, runAnswers } from './answers/run.ts';
import type { Plan as BusinessPlan } from './businesses/run.ts';
import { reportOf as reportOfPeers } from './peers/report.ts';
import { type PeersResults, runPeers } from './peers/run.ts';
import { ratiosOf, reportOf } from './report.ts';
import { type Plan, type Results, runBench } from './run.ts';
import { endAllServers } from './server-process.ts';

const HELP = `Usage: npm run bench [-- [peers|answers|businesses] [--quick] [--json]]

Measures how many signed deliveries the webhook app accepts, next to a bare HTTP server and to the limit of durable
storage, in one run on this machine (Linux): capacity, latency at fixed rates, CPU and memory; then the time to answer,
and the peers. Bundles the app first. Takes about eight minutes on an idle machine. Samples that other processes disturbed
are repeated once. Ctrl-C ends every program that was started.

  a  bare node:http that reads, verifies and parses
  b  the app, storing durably in SQLite (synchronous=FULL)
  c  the app with STORE=memory
  d  an append-only log with grouped fdatasync, the limit of durable storage
  Targets, as ratios of one run: c/a 0.75, b/a 0.50, b/d 0.75; b in an open loop at 5,000 per second: p99 10 ms

  answers     only the time to answer: from a message to its 200, to the backend's question and first byte, and to the first
              part sent, p50 and p95, without and with a batch window
  peers       only the peers: Chat SDK's WhatsApp adapter and pywa on FastAPI beside the app, durable or not, with what
              kill -9 after 200 accepted messages loses. Installs them below the user's cache at fixed versions; a peer
              that cannot be installed is named as NOT RUN
  businesses  measures one service with 1,000 businesses in the MongoDB of MONGODB_URI instead: acceptance, answers while
              one business floods, and MongoDB going away; exits 1 when a target is missed

  --quick   fewer and shorter rounds, for a first impression only
  --json    every sample as JSON, instead of the table
  --help    this text

docs/performance.md has the last results and explains the figures.
`;

const FULL: Plan = { rounds: 5, requests: 40_000, openLoopSeconds: 10, answered: 20_000 };
const QUICK: Plan = { rounds: 2, requests: 15_000, openLoopSeconds: 2, answered: 5_000 };

const SUBJECTS: readonly string[] = ['answers', 'peers', 'businesses'];
const ANSWERS: AnswersPlan = { messages: 400, perSecond: 20 };
const QUICK_ANSWERS: AnswersPlan = { messages: 100, perSecond: 20 };
const PEERS = { rounds: 3, requests: 20_000, warmUp: 5_000 };
const QUICK_PEERS = { rounds: 2, requests: 5_000, warmUp: 2_000 };

const MANY: BusinessPlan = {
  ...{ businesses: 1_000, connections: 500, rounds: 3, accepted: 20_000 },
  ...{ answered: 10_000, openLoopSeconds: 10, outageSeconds: 60 },
};
const FEWER: BusinessPlan = {
  ...{ businesses: 1_000, connections: 500, rounds: 2, accepted: 8_000 },
  ...{ answered: 3_000, openLoopSeconds: 3, outageSeconds: 15 },
};

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'bench', help: HELP, options: OPTIONS, maxArgs: 1, run: bench });

async function bench({ values, args: [subject], print }: Call<typeof OPTIONS>): Promise<number> {
  if (subject !== undefined && !SUBJECTS.includes(subject))
    throw new UsageError(`Unknown subject: \`${subject}\`. There are ${SUBJECTS.join(', ')}.`);
  if (process.platform !== 'linux') {
    throw new CommandError('The benchmark reads CPU and memory from /proc, which only Linux has.');
  }
  if (subject === 'businesses') return benchBusinesses(values, print);
  endOnInterrupt();
  bundle();
  const progress = createProgress({ everyMs: 0 });
  const onProgress = progress.show;
  const results = await measure(subject, values.quick, onProgress);
  progress.clear();
  print(values.json ? JSON.stringify(results, null, 2) : textOf(results));
  return 0;
}

interface Measured {
  readonly acceptance?: Results & { readonly ratios: Readonly<Record<string, number>> };
  readonly answers?: AnswersResults;
  readonly peers?: PeersResults;
}

async function measure(
  subject: string | undefined,
  quick: boolean,
  onProgress: (progress: string) => void,
): Promise<Measured> {
  const answers = quick ? QUICK_ANSWERS : ANSWERS;
  const peersPlan = { ...(quick ? QUICK_PEERS : PEERS), messages: answers.messages };
  if (subject === 'answers') return { answers: await runAnswers(answers, APP_ANSWERING, onProgress) };
  if (subject === 'peers') return { peers: await runPeers(peersPlan, onProgress) };
  const results = await runBench(quick ? QUICK : FULL, onProgress);
  const ratios = Object.fromEntries(ratiosOf(results).map(({ name, value }) => [name, value]));
  return {
    acceptance: { ...results, ratios },
    answers: await runAnswers(answers, APP_ANSWERING, onProgress),
    peers: await runPeers(peersPlan, onProgress),
  };
}

function textOf({ acceptance, answers, peers }: Measured): string {
  const texts = [
    acceptance && reportOf(acceptance),
    answers && reportOfAnswers(answers),
    peers && reportOfPeers(peers),
  ];
  return texts.filter((text) => text !== undefined).join('\n\n');
}

function endOnInterrupt(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      endAllServers();
      process.exit(130);
    });
  }
}

async function benchBusinesses(
  { quick, json }: { readonly quick: boolean; readonly json: boolean },
  print: Print,
): Promise<number> {
  const uri = process.env.MONGODB_URI;
  if (uri === undefined || uri === '')
    throw new CommandError(
      'Set MONGODB_URI to a MongoDB of this machine, such as mongodb://127.0.0.1:27017.',
    );
  bundle();
  // Loaded on demand: the other figures need no driver.
  const { runBusinesses } = await import('./businesses/run.ts');
  const { problemsOf, reportOf: reportOfBusinesses } = await import('./businesses/report.ts');
  const results = await runBusinesses(quick ? FEWER : MANY, uri, (progress) => console.error(progress));
  print(json ? JSON.stringify(results, null, 2) : reportOfBusinesses(results));
  return problemsOf(results).length === 0 ? 0 : 1;
}

function bundle(): void {
  const root = join(import.meta.dirname, '..', '..');
  const build = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (build.status !== 0) throw new CommandError('The app could not be bundled.');
}
