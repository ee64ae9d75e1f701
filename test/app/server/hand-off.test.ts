import { createHmac } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { DEVELOPMENT } from '#scripts/simulator/development.ts';
import { deliver, textDelivery } from '../../fakes/delivery.ts';
import { REGION } from '../../fakes/dynamodb.ts';
import { fakeServer } from '../../fakes/http-server.ts';
import { startApp } from '../../fakes/running-app.ts';
import { startSqs } from '../../fakes/sqs.ts';

const PERSON = '15550001111';
const SECRET = 'a-secret-of-the-bridge';

function echo(id: string): Buffer {
  const now = `${Math.floor(Date.now() / 1000)}`;
  const value = {
    metadata: { display_phone_number: '15550009999', phone_number_id: DEVELOPMENT.number },
    message_echoes: [
      { from: '15550009999', to: PERSON, id, timestamp: now, type: 'text', text: { body: 'Hi' } },
    ],
  };
  const entry = [{ id: '1', changes: [{ field: 'smb_message_echoes', value }] }];
  return Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
}

it('delivers to webhook and queue what a person writes after an operator wrote, and does not answer it', {
  timeout: 60_000,
}, async () => {
  const sqs = await startSqs();
  const queue = await sqs.queue();
  const desk = await fakeServer((res) => res.writeHead(202).end());
  const app = await startApp({
    ...{ ASSISTANT: 'echo', MOCK_META_API: 'true', BATCH_WINDOW_SECONDS: '0', LOG_LEVEL: 'info' },
    ...{ HANDOFF_WEBHOOK_URL: `${desk.url}/hand-offs`, HANDOFF_WEBHOOK_SECRET: SECRET },
    ...{ HANDOFF_QUEUE_URL: queue.url, AWS_ENDPOINT_URL: sqs.endpointUrl, AWS_REGION: REGION },
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  });
  onTestFinished(async () => {
    await Promise.all([app.close(), desk.close()]);
  });
  const events = () => app.output().match(/"event":"(turn|hand-off|reply recorded, not sent)"/g) ?? [];
  const turns = (count: number) =>
    expect
      .poll(() => events().filter((event) => event === '"event":"turn"').length, { timeout: 20_000 })
      .toBe(count);

  expect((await deliver(app.url, echo('wamid.echo'))).status).toBe(200);
  await turns(1);
  await deliver(app.url, textDelivery('wamid.question', { text: 'Is anybody there?', phone: PERSON }));
  await turns(2);

  const [{ body, headers } = expect.fail('nothing arrived')] = desk.seen;
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  expect(headers['x-signature-256']).toBe(`sha256=${signature}`);
  const event = JSON.parse(body);
  expect(event).toMatchObject({
    ...{ event: 'message', channel: 'meta', number: DEVELOPMENT.number, person: { phone: PERSON } },
    text: 'Is anybody there?',
  });
  expect((await queue.take(1)).map((message) => JSON.parse(message))).toEqual([event]);
  expect(events()).not.toContain('"event":"reply recorded, not sent"');
  expect(events()).toContain('"event":"hand-off"');
  expect(app.output()).not.toMatch(/Is anybody|15550001111/);
});
