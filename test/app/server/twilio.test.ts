import { beforeEach, describe, expect, it } from 'vitest';
import { deliver, textDelivery } from '../../fakes/delivery.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { type FakeServer, fakeServer } from '../../fakes/http-server.ts';
import { runProgram } from '../../fakes/program.ts';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  deliverFromTwilio,
  inbound,
  PUBLIC_URL,
  statusOf,
  TWILIO_NUMBER,
  TWILIO_PATH,
} from '../../fakes/twilio.ts';

const SID = `SM${'0'.repeat(30)}99`;
const TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

const TWILIO = {
  TWILIO_ACCOUNT_SID: ACCOUNT_SID,
  TWILIO_AUTH_TOKEN: `${AUTH_TOKEN},another-auth-token-of-a-test`,
  TWILIO_WHATSAPP_NUMBER: `whatsapp:${TWILIO_NUMBER}`,
  PUBLIC_URL,
};

let platform: FakeServer;
beforeEach(async ({ onTestFinished }) => {
  platform = await fakeServer((res, { url }) => {
    const isTyping = url.endsWith('/Typing.json');
    res.writeHead(isTyping ? 200 : 201, { 'content-type': 'application/json' });
    res.end(JSON.stringify(isTyping ? { success: true } : { sid: SID, status: 'queued' }));
  });
  onTestFinished(() => platform.close());
});

async function listening(environment: Record<string, string> = {}) {
  const server = runProgram('app/server.ts', {
    ...{ PORT: '0', ASSISTANT: 'echo', LOGGING_LEVEL: 'debug', BATCH_WINDOW_SECONDS: '0' },
    SQLITE_PATH: `${temporaryFolder()}/test.db`,
    ...{ ...TWILIO, TWILIO_API_URL: platform.url },
    ...environment,
  });
  await server.printed('"event":"listening"');
  const url = /"event":"listening","url":"([^"]*)"/.exec(server.output())?.[1] ?? '';
  return { ...server, url };
}

const sent = () =>
  platform.seen
    .filter(({ url }) => url.endsWith('/Messages.json'))
    .map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

describe('a service with Twilio alone, outside local use', () => {
  it('answers a signed message, and takes its statuses by the key in their address', async () => {
    const server = await listening({ DEPLOYMENT_TYPE: 'production', HOST: '127.0.0.1' });
    const response = await deliverFromTwilio(server.url, inbound());
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      ...[200, 'text/xml', TWIML],
    ]);
    await server.printed('"event":"turn"');
    expect(sent()).toEqual([
      {
        From: `whatsapp:${TWILIO_NUMBER}`,
        To: 'whatsapp:+15550001111',
        Body: expect.stringContaining('What is zakat?'),
        StatusCallback: expect.stringMatching(/^https:\/\/whatsapp\.example\.org\/whatsapp\/twilio\?part=./),
      },
    ]);
    const callback = new URL(sent()[0]?.StatusCallback ?? '');
    const path = callback.pathname + callback.search;
    for (const word of ['queued', 'sent', 'delivered']) {
      const reported = await deliverFromTwilio(server.url, statusOf(SID, word), path);
      expect([reported.status, await reported.text()]).toEqual([200, TWIML]);
    }
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/statuses_total\{progress="delivered"\} 1/);
    // Meta's webhook does not exist.
    expect((await deliver(server.url, textDelivery('wamid.1'))).status).toBe(404);
    server.child.kill('SIGTERM');
    await server.ended;
    expect(server.output()).not.toContain('15550001111');
    expect(server.output()).not.toContain(AUTH_TOKEN);
  });

  it('answers a message once, however often it is delivered', async () => {
    const server = await listening();
    for (let time = 0; time < 3; time += 1)
      expect((await deliverFromTwilio(server.url, inbound())).status).toBe(200);
    await server.printed('"event":"turn"');
    server.child.kill('SIGTERM');
    await server.ended;
    expect(sent()).toHaveLength(1);
  });
});

describe('the webhook', () => {
  it('rejects what Twilio did not sign for this address, and says why in the log', async () => {
    const server = await listening();
    const refused = async (response: Promise<Response>) => (await response).status;
    const elsewhere = { signed: `https://elsewhere.example${TWILIO_PATH}` };
    expect(await refused(deliverFromTwilio(server.url, inbound(), TWILIO_PATH, elsewhere))).toBe(403);
    const own = { signed: `${server.url}${TWILIO_PATH}` };
    expect(await refused(deliverFromTwilio(server.url, inbound(), TWILIO_PATH, own))).toBe(403);
    const other = { authToken: 'an-auth-token-of-somebody' };
    expect(await refused(deliverFromTwilio(server.url, inbound(), TWILIO_PATH, other))).toBe(403);
    const second = { authToken: 'another-auth-token-of-a-test' };
    expect(await refused(deliverFromTwilio(server.url, inbound(), TWILIO_PATH, second))).toBe(200);
    expect(await refused(fetch(server.url + TWILIO_PATH, { method: 'POST', body: 'Body=x' }))).toBe(403);
    const path = `${TWILIO_PATH}?part=mine`;
    const forged = { signed: `${PUBLIC_URL}${TWILIO_PATH}?part=yours` };
    expect(await refused(deliverFromTwilio(server.url, statusOf(SID, 'read'), path, forged))).toBe(403);
    await server.printed('"reason":"missing"');
    expect(server.output()).toMatch(/"reason":"mismatch"/);
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('takes a body of nearly 1 MiB, and no larger one', async () => {
    const server = await listening();
    const large = await deliverFromTwilio(server.url, inbound({ Label: 'x'.repeat(1_000_000) }));
    expect(large.status).toBe(200);
    const tooLarge = await deliverFromTwilio(server.url, inbound({ Label: 'x'.repeat(1_100_000) }));
    expect(tooLarge.status).toBe(413);
    expect((await deliverFromTwilio(server.url, { Body: 'no SID' })).status).toBe(400);
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('leaves messages for another number alone, and names the variable', async () => {
    const server = await listening();
    const foreign = inbound({ To: 'whatsapp:+15005550006' });
    expect((await deliverFromTwilio(server.url, foreign)).status).toBe(200);
    await server.printed('"variable":"TWILIO_WHATSAPP_NUMBER"');
    server.child.kill('SIGTERM');
    await server.ended;
    expect(sent()).toEqual([]);
  });
});

describe('a service with Meta and Twilio', () => {
  it('takes the deliveries of both, and MOCK_META_API concerns Meta alone', async () => {
    const server = await listening({ MOCK_META_API: 'true' });
    expect((await deliver(server.url, textDelivery('wamid.1'))).status).toBe(200);
    await server.printed('reply recorded, not sent');
    expect((await deliverFromTwilio(server.url, inbound())).status).toBe(200);
    await expect.poll(() => sent().length).toBe(1);
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('finds the number of Twilio in the environment while the registry of Meta is away', async () => {
    const server = await listening({
      BUSINESSES: 'mongodb',
      MONGODB_URI: 'mongodb://ansari:hushed@127.0.0.1:1/?directConnection=true',
      MONGODB_DB_NAME: 'x',
      ENCRYPTION_SECRET: `a:${Buffer.alloc(32).toString('base64')}`,
    });
    expect((await deliver(server.url, textDelivery('wamid.1'))).status).toBe(503);
    expect((await deliverFromTwilio(server.url, inbound())).status).toBe(200);
    await expect.poll(() => sent().length, { timeout: 5000 }).toBe(1);
    server.child.kill('SIGTERM');
    await server.ended;
  });
});
