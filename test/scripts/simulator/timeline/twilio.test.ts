import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { DEVELOPMENT } from '#scripts/simulator/development.ts';
import { twilioClient } from '../../../fakes/twilio-client.ts';
import { control } from '../start-with-app.ts';
import { AMINA, BUSINESS, startTwilio } from '../twilio/start-twilio.ts';
import { hopOf, hopsOf } from './read.ts';

const run = promisify(execFile);

test('forms, calls with a password and status addresses are kept, with the turn of a part', async () => {
  const [simulator, app] = await startTwilio({ records: true });
  const id = simulator.say(AMINA, 'salam');
  await simulator.idle();
  const { sid } = await twilioClient(simulator.url).messages.create({
    ...{ from: BUSINESS, to: `whatsapp:+${AMINA}`, body: 'wa alaikum' },
    statusCallback: `${app.url}/whatsapp/twilio?part=turn-1.0`,
  });
  await app.until(1, ({ fields }) => fields.MessageStatus === 'delivered');
  await simulator.idle();

  const hops = await hopsOf(simulator, AMINA);
  expect(hops).toMatchObject([
    { kind: 'delivery', status: 204, messages: [id] },
    { kind: 'api', status: 201, messages: [sid], turn: 'turn-1' },
    ...['queued', 'sent', 'delivered'].map(() => ({ kind: 'delivery', messages: [sid], turn: 'turn-1' })),
  ]);
  const call = await hopOf(simulator, hops[1]?.id);
  expect(call.request.headers).toContainEqual(['authorization', 'Basic …']);
  expect(call.curl).toContain('-u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"');
  const { accountSid, authToken } = DEVELOPMENT.twilio;
  const env = { ...process.env, TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken };
  expect((await run('sh', ['-c', call.curl], { env })).stdout).toMatch(/^HTTP\/1.1 201/);

  const path = `hops/${hops[0]?.id}/resend`;
  await control(simulator, path, {});
  const { body } = (await hopOf(simulator, hops[0]?.id)).request;
  await control(simulator, path, { body: body.replace('salam', 'edited') });
  const messages = app.taken.filter(({ fields }) => fields.SmsStatus === 'received');
  expect(messages.map(({ fields, isGenuine }) => [fields.Body, isGenuine])).toEqual([
    ['salam', true],
    ['salam', true],
    ['edited', true],
  ]);

  app.answers.push(403);
  simulator.faults.add({ kind: 'wrong_signature', next: 1 });
  simulator.say(AMINA, 'again');
  await simulator.idle();
  const again = app.taken.filter(({ fields }) => fields.Body === 'again');
  expect(again.map(({ isGenuine }) => isGenuine)).toEqual([false, true]);
});
