import { setTimeout as sleep } from 'node:timers/promises';
import { makeMarkedDeliveries } from '../deliveries.ts';
import { openLoop } from '../load.ts';
import { describeMachine, reserveCores } from '../machine.ts';
import { quantile } from '../samples.ts';
import { type Program, type ProgramName, ServerProcess } from '../server-process.ts';
import { type Outside, startOutside } from './outside.ts';

/** What can be seen from outside, in the order in which it happens to a message; each counts from its request. */
export const STAGES = ['stored', 'asked', 'firstByte', 'firstPart'] as const;
export type Stage = (typeof STAGES)[number];

/** In milliseconds. */
type Quantiles = Readonly<Record<Stage, { readonly p50: number; readonly p95: number }>>;

interface AnswerTimes {
  readonly name: string;
  readonly messages: number;
  /** Messages that had no answer in time. */
  readonly unanswered: number;
  readonly stages: Quantiles;
}

export interface AnswersPlan {
  readonly messages: number;
  readonly perSecond: number;
}

export interface AnswersResults {
  readonly machine: string;
  readonly plan: AnswersPlan;
  readonly times: readonly AnswerTimes[];
}

/** A program that answers, with the backend and the Graph API at a URL. */
export interface Answering {
  readonly name: string;
  readonly program: ProgramName | Program;
  readonly settings: (outsideUrl: string) => Readonly<Record<string, string>>;
}

/** The app with a real call of the backend and of the Graph API. */
function appAnswering(name: string, batchWindowSeconds: number): Answering {
  return {
    name,
    program: 'turns',
    settings: (url) => ({
      DEPLOYMENT_TYPE: 'local',
      ASSISTANT: 'ansari',
      BACKEND_SERVER_URL: url,
      WHATSAPP_SERVICE_API_KEY: 'backend-key-of-the-bench',
      MOCK_META_API: 'false',
      META_API_URL: url,
      BATCH_WINDOW_SECONDS: String(batchWindowSeconds),
      QUESTIONS_PER_PERSON_PER_DAY: '0',
    }),
  };
}

const WINDOW_SECONDS = 2;
export const APP_ANSWERING = [
  appAnswering('the app, no batch window', 0),
  appAnswering(`the app, batch window of ${WINDOW_SECONDS} s`, WINDOW_SECONDS),
] as const;

/** Answered before the measurement, so that code is compiled and connections are open. */
const WARM_UP = 40;

/** Measures the time to answer of each program, one after the other. */
export async function runAnswers(
  plan: AnswersPlan,
  programs: readonly Answering[],
  onProgress: (progress: string) => void,
): Promise<AnswersResults> {
  const cores = reserveCores();
  const times: AnswerTimes[] = [];
  for (const answering of programs) {
    onProgress(`time to answer: ${answering.name}`);
    const outside = await startOutside(0);
    const server = await ServerProcess.start(answering.program, cores, answering.settings(outside.url));
    try {
      times.push(await answerTimes(answering.name, server, outside, plan));
    } finally {
      await server.end();
      await outside.close();
    }
  }
  return { machine: describeMachine(), plan, times };
}

async function answerTimes(
  name: string,
  server: ServerProcess,
  outside: Outside,
  { messages, perSecond }: AnswersPlan,
): Promise<AnswerTimes> {
  const total = WARM_UP + messages;
  const deliveries = makeMarkedDeliveries(total);
  await openLoop(server.port, deliveries, { from: 0, count: WARM_UP, perSecond });
  await untilAnswered(outside, WARM_UP);
  const sentAt = new Map<number, number>();
  const onSend = (index: number) => void sentAt.set(index, performance.now());
  const load = await openLoop(server.port, deliveries, { from: WARM_UP, count: messages, perSecond, onSend });
  await untilAnswered(outside, total);
  const since = (times: ReadonlyMap<number, number>) =>
    quantilesOf(
      [...sentAt].flatMap(([index, at]) => {
        const then = times.get(index);
        return then === undefined ? [] : [then - at];
      }),
    );
  return {
    ...{ name, messages },
    unanswered: total - outside.firstPart.size,
    stages: {
      stored: quantilesOf([...load.latencies]),
      asked: since(outside.asked),
      firstByte: since(outside.firstByte),
      firstPart: since(outside.firstPart),
    },
  };
}

/** Time without a further answer after which the rest counts as lost. */
const QUIET_MS = 15_000;

/** Resolves when so many messages are answered, or when no further answer comes. */
export async function untilAnswered({ firstPart }: Outside, count: number): Promise<void> {
  let seen = firstPart.size;
  let at = performance.now();
  while (firstPart.size < count && performance.now() - at < QUIET_MS) {
    await sleep(50);
    if (firstPart.size > seen) [seen, at] = [firstPart.size, performance.now()];
  }
}

function quantilesOf(values: readonly number[]): { p50: number; p95: number } {
  const sorted = Float64Array.from(values).sort();
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}
