import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { startSystem } from '../../../fakes/system.ts';
import { AMINA, control, startWithApp } from '../start-with-app.ts';
import { startTwilio } from '../twilio/start-twilio.ts';

test.each([
  ['once', { forwarded: true }],
  ['often', { frequently_forwarded: true }],
] as const)('a message that was forwarded %s says so, and quotes none', async (forwarded, context) => {
  const [simulator, app] = await startWithApp();
  await control(simulator, 'say', {
    person: AMINA,
    content: { kind: 'text', text: 'Is it true?', forwarded },
  });
  simulator.say(AMINA, { kind: 'image', text: 'and this?', forwarded });
  await simulator.idle();
  expect(app.taken.flatMap(({ messages }) => messages)).toMatchObject([
    { type: 'text', text: { body: 'Is it true?' }, context },
    { type: 'image', image: { caption: 'and this?' }, context },
  ]);
});

test.each([
  ['once', { Forwarded: 'true', FrequentlyForwarded: '' }],
  ['often', { Forwarded: '', FrequentlyForwarded: 'true' }],
] as const)('over Twilio, a message that was forwarded %s has a field', async (forwarded, fields) => {
  const [simulator, app] = await startTwilio();
  simulator.say(AMINA, { kind: 'text', text: 'Is it true?', forwarded });
  await simulator.idle();
  expect(app.taken[0]?.fields).toMatchObject({ Body: 'Is it true?', ...fields });
});

test('a forwarded message that replies to another is rejected with a reason', async () => {
  const [simulator] = await startWithApp();
  const content = { kind: 'text', text: 'x', forwarded: 'once', to: 'wamid.0' };
  expect(await control(simulator, 'say', { person: AMINA, content })).toMatchObject({
    error: expect.stringContaining('a forwarded message replies to none'),
  });
});

test.each(['meta', 'twilio'] as const)('over %s the app answers one like any text', async (channel) => {
  const { simulator, startApp } = await startSystem({ folder: temporaryFolder(), simulator: { channel } });
  await startApp();
  simulator.say(AMINA, { kind: 'text', text: 'May one fast on Friday?', forwarded: 'often' });
  const [reply] = await simulator.replies.reached(AMINA, 1);
  expect(reply?.text).toContain('May one fast on Friday?');
});
