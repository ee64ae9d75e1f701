import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { echoReplies } from '../../app/backend/replies.ts';
import { startDynamoDb } from '../fakes/dynamodb.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { runProgram } from '../fakes/program.ts';
import { realClock } from '../fakes/real-clock.ts';
import { startSqs } from '../fakes/sqs.ts';
import { startSwitchboard } from '../fakes/switchboard.ts';
import { startSystem } from '../fakes/system.ts';

const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS } = process.env;
const dynamoDb = await startDynamoDb(AWS_ENDPOINT_URL_DYNAMODB ?? AWS_ENDPOINT_URL);
const sqs = await startSqs(AWS_ENDPOINT_URL_SQS ?? AWS_ENDPOINT_URL);

const PEOPLE = ['15550001111', '15550002222', '15550003333'];
/** Longer than a lease: whoever was at work has lost it when the server is back. */
const OUT_MS = 12_000;

/** Hangs up on everybody and takes no call, as a server does that was killed and is started again. */
async function lineTo(url: string) {
  const line = await startSwitchboard();
  const port = Number(new URL(url).port);
  line.to(port);
  return {
    url: line.url,
    cut() {
      line.to(0);
      line.hangUp();
    },
    mend: () => line.to(port),
  };
}

/** A door and a polling worker, each a process, with both servers at the ends of lines that can be cut. */
async function startDoorAndWorker() {
  const lines = { dynamoDb: await lineTo(dynamoDb.endpointUrl), sqs: await lineTo(sqs.endpointUrl) };
  const tables = await dynamoDb.tables();
  const { url } = await sqs.queue();
  let asked = () => {};
  const firstAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const echo = echoReplies({ clock: realClock, wordMs: 300 });
  const aws = {
    STORE: 'dynamodb',
    QUEUE: 'sqs',
    CONVERSATIONS_TABLE: tables.conversationsTable,
    CONVERSATIONS_STAGE_TABLE: tables.stageTable,
    CONVERSATIONS_TRIGGER_LOCK_TABLE: tables.triggerLockTable,
    WHATSAPP_QUEUE_URL: new URL(new URL(url).pathname, lines.sqs.url).href,
    AWS_ENDPOINT_URL_DYNAMODB: lines.dynamoDb.url,
    AWS_ENDPOINT_URL_SQS: lines.sqs.url,
    AWS_REGION: 'us-west-2',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const system = await startSystem({
    folder: temporaryFolder(),
    simulator: { redelivery: { firstMs: 200, factor: 1.5, longestMs: 2_000 } },
    replies: (...question) => {
      asked();
      return echo(...question);
    },
    environment: aws,
  });
  const { simulator, backendUrl } = system;
  const door = await system.startApp();
  const world = { BACKEND_SERVER_URL: backendUrl, META_API_URL: simulator.url, BATCH_WINDOW_SECONDS: '0' };
  const worker = runProgram('app/server.ts', { ...aws, ...world }, ['--worker']);
  return { simulator, door, worker, lines, firstAsked };
}

const ready = async (door: { readonly url: string }) => (await fetch(`${door.url}/ready`)).status;

describe.each(['dynamoDb', 'sqs'] as const)('%s goes and comes back', { timeout: 180_000 }, (server) => {
  it('loses nothing, says nothing twice, and keeps the order', async () => {
    const { simulator, door, worker, lines, firstAsked } = await startDoorAndWorker();
    for (const person of PEOPLE) simulator.say(person, 'How is the night prayer prayed?');
    await firstAsked;
    lines[server].cut();
    for (const person of PEOPLE) simulator.say(person, 'And in Ramadan?');
    await sleep(OUT_MS);
    expect(await ready(door)).toBe(503);
    expect((await fetch(`${door.url}/health`)).status).toBe(200);
    lines[server].mend();
    await simulator.idle();
    for (const person of PEOPLE) simulator.say(person, 'And on a journey?');

    for (const person of PEOPLE) {
      const replies = await answered(simulator, person);
      for (const word of ['night prayer', 'Ramadan', 'journey'])
        expect(replies.split(word), `${word} for ${person}`).toHaveLength(2);
      expect(replies).toMatch(/night prayer.*Ramadan.*journey/s);
    }
    expect(await ready(door)).toBe(200);
    expect(worker.child.exitCode).toBeNull();
  });
});

/** Everything that the person was told, once the last question is answered. */
async function answered(
  { replies }: Awaited<ReturnType<typeof startSystem>>['simulator'],
  person: string,
): Promise<string> {
  for (let count = 1; ; count += 1) {
    const said = (await replies.reached(person, count)).map(({ text }) => text).join('\n');
    if (said.includes('journey')) return said;
  }
}
