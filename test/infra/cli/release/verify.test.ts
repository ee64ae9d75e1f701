import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAws } from '#infra/cli/release/aws.ts';
import { findWebService } from '#infra/cli/release/find-web-service.ts';
import { platformsOf } from '#infra/cli/release/platforms-of.ts';
import { type VerifyStack, verifyStack, verifyUrl } from '#infra/cli/release/verify.ts';
import { FakeAccount, REPOSITORY } from '../../../fakes/aws/account.ts';
import { type FakeServer, fakeServer } from '../../../fakes/http-server.ts';
import { type RunningApp, startApp } from '../../../fakes/running-app.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter: string) => `${REPOSITORY}@${digest(letter)}`;
const SECRETS = { appSecret: 'the-app-secret', verifyToken: 'the-verify-token' };
const PARAMETERS = '/app-runtime/ansari-whatsapp/staging';

const A_VERIFIED = { digest: digest('a'), verdict: 'verified' as const, at: '2026-11-01T00:00:00Z' };

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({
    META_APP_SECRET: SECRETS.appSecret,
    META_WEBHOOK_VERIFY_TOKEN: SECRETS.verifyToken,
  });
});
afterAll(() => app.close());

const lines: string[] = [];
const print = (line: string) => lines.push(line);
const said = () => lines.join('\n');
const failed = () => lines.filter((line) => line.startsWith('FAILED')).map((line) => line.split(/ +/, 2)[1]);

let account: FakeAccount;
beforeEach(async () => {
  lines.length = 0;
  account = new FakeAccount();
  await account.start();
  account.parameters.set(`${PARAMETERS}/meta-app-secret`, `${SECRETS.appSecret},an-older-one`);
  account.parameters.set(`${PARAMETERS}/meta-webhook-verify-token`, SECRETS.verifyToken);
});
afterEach(() => account.close());

function verify(given: Partial<VerifyStack> = {}): Promise<boolean> {
  return verifyStack({
    aws: openAws(account.access),
    stack: 'staging',
    compute: 'apprunner',
    worker: 'lambda',
    print,
    now: () => new Date(),
    pause: async () => undefined,
    waitMs: 60_000,
    url: app.url,
    ...given,
  });
}

describe('verifying an address', () => {
  it('passes every check of our own app', async () => {
    expect(await verifyUrl(app.url, { meta: SECRETS }, print)).toBe(true);
    expect(said()).toContain('7 good, 0 failed');
  });

  it('fails the checks that need the right secrets', async () => {
    expect(await verifyUrl(app.url, { meta: { appSecret: 'other', verifyToken: 'other' } }, print)).toBe(
      false,
    );
    expect(failed()).toEqual(['challenge:', 'delivery:']);
  });

  it('skips the checks that need secrets without them', async () => {
    expect(await verifyUrl(app.url, { meta: {} }, print)).toBe(true);
    expect(said()).toContain('5 good, 0 failed, 2 not checked');
  });

  it('makes one request when nothing responds', async () => {
    expect(await verifyUrl('http://127.0.0.1:1', { meta: SECRETS }, print)).toBe(false);
    expect(said()).toContain('no response: ECONNREFUSED');
    expect(said()).toContain('0 good, 1 failed');
  });
});

describe('verifying an address that has Twilio', () => {
  const TWILIO = { authToken: 'the-auth-token-of-twilio', publicUrl: 'https://whatsapp.example.org' };

  async function startTwilio(meta: Readonly<Record<string, string>>): Promise<RunningApp> {
    return startApp({
      ...meta,
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: TWILIO.authToken,
      TWILIO_WHATSAPP_NUMBER: '+14155238886',
      PUBLIC_URL: TWILIO.publicUrl,
    });
  }

  it('checks signatures over the public address, and asks nothing of Meta', async () => {
    const own = await startTwilio({});
    const findings: string[] = [];
    const passed = await verifyUrl(own.url, { twilio: TWILIO }, print, ({ name }) => findings.push(name));
    expect(passed).toBe(true);
    expect(findings).toEqual([
      ...['home', 'ready', 'twilio, no signature', 'twilio, wrong signature', 'twilio delivery'],
    ]);
    const elsewhere = { ...TWILIO, publicUrl: own.url };
    expect(await verifyUrl(own.url, { twilio: elsewhere }, print)).toBe(false);
    expect(await verifyUrl(own.url, { twilio: { ...TWILIO, authToken: 'other' } }, print)).toBe(false);
    expect(failed()).toEqual(['twilio', 'twilio']);
    await own.close();
  });

  it('finds the platforms by the variables', () => {
    const twilio = { TWILIO_AUTH_TOKEN: 'a,b', TWILIO_WHATSAPP_NUMBER: '+14155238886' };
    const url = 'http://localhost:8001';
    expect(platformsOf(twilio, url)).toEqual({ twilio: { authToken: 'a', publicUrl: url } });
    expect(platformsOf({}, url)).toEqual({ meta: {} });
    expect(platformsOf({ META_APP_SECRET: 'one,two' }, url)).toEqual({ meta: { appSecret: 'one' } });
    expect(platformsOf({ ...twilio, META_BUSINESS_PHONE_NUMBER_ID: '1' }, url)).toMatchObject({
      ...{ meta: {}, twilio: {} },
    });
    expect(platformsOf({ ...twilio, BUSINESSES: 'mongodb' }, url)).toMatchObject({ meta: {}, twilio: {} });
    const object = JSON.stringify({ twilio_auth_token: 'in-an-object', twilio_account_sid: 'AC1' });
    expect(platformsOf({ ...twilio, TWILIO_AUTH_TOKEN: object }, url)).toEqual({
      twilio: { authToken: 'in-an-object', publicUrl: url },
    });
  });
});

describe('verifying an address that accepts every request', () => {
  let credulous: FakeServer;
  beforeAll(async () => {
    credulous = await fakeServer((response, { url }) => {
      const challenge = new URL(url, 'http://fake').searchParams.get('hub.challenge');
      response.setHeader('content-type', 'text/plain').end(challenge ?? '{"status":"ok","version":"1"}');
    });
  });
  afterAll(() => credulous.close());

  it('fails for each request that should have been rejected', async () => {
    expect(await verifyUrl(credulous.url, { meta: SECRETS }, print)).toBe(false);
    expect(lines.filter((line) => line.includes('instead of 403')).length).toBe(3);
    expect(said()).toContain('FAILED  ready');
  });
});

describe('verifying a stack', () => {
  beforeEach(() => {
    account.ecr.push(digest('a'));
    // Whoever moves the pointer does not decide what should run.
    account.ecr.push(digest('b'), 'staging');
    account.parameterStore.remember('staging', A_VERIFIED);
    account.deploy(image('a'));
  });

  it('passes with the image that was verified last', async () => {
    expect(await verify()).toBe(true);
    expect(said()).toContain('10 good, 0 failed');
  });

  it('fails on an update that App Runner rolled back and reports as RUNNING', async () => {
    account.appRunner.unhealthy.add(image('b'));
    account.deploy(image('b'));
    expect(await verify({ image: image('b') })).toBe(false);
    expect(failed()).toEqual(['operation:', 'image:']);
    expect(said()).toContain(
      'the service is RUNNING, but its last UPDATE_SERVICE ended as ROLLBACK_SUCCEEDED',
    );
    expect(said()).toContain(`still runs ${image('a')}`);
  });

  it('fails on the rolled-back update even when the old image was requested', async () => {
    account.appRunner.unhealthy.add(image('b'));
    account.deploy(image('b'));
    expect(await verify({ image: image('a') })).toBe(false);
    expect(failed()).toEqual(['operation:']);
  });

  it('checks Twilio alone where the stack has Twilio alone', async () => {
    const secrets = { authToken: 'the-auth-token-of-twilio', publicUrl: 'https://whatsapp.example.org' };
    const own = await startApp({
      ...{ TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: secrets.authToken },
      ...{ TWILIO_WHATSAPP_NUMBER: '+14155238886', PUBLIC_URL: secrets.publicUrl },
    });
    account.parameters.clear();
    account.parameterStore.remember('staging', A_VERIFIED);
    account.parameters.set(`${PARAMETERS}/twilio-auth-token`, secrets.authToken);
    account.parameters.set(`${PARAMETERS}/twilio-whatsapp-number`, '+14155238886');
    account.parameters.set(`${PARAMETERS}/public-url`, secrets.publicUrl);
    expect(await verify({ url: own.url })).toBe(true);
    expect(said()).toContain('ok      twilio delivery');
    expect(said()).not.toContain('challenge');
    await own.close();
  });

  it('uses the newest operation, in any order of the list', async () => {
    account.appRunner.operations.unshift({
      Id: 'old',
      Type: 'UPDATE_SERVICE',
      Status: 'ROLLBACK_SUCCEEDED',
      StartedAt: 1,
    });
    expect(await verify()).toBe(true);
    account.appRunner.operations.reverse();
    expect(await verify()).toBe(true);
  });

  it('fails when another image runs than the requested one', async () => {
    expect(await verify({ image: digest('b') })).toBe(false);
    expect(failed()).toEqual(['image:']);
  });

  it.each(['CREATE_FAILED', 'PAUSED', 'DELETE_FAILED'])('fails on a service that is %s', async (status) => {
    account.appRunner.status = status;
    expect(await verify()).toBe(false);
    expect(failed()).toEqual(['operation:']);
  });

  it('waits for an operation in progress, up to the limit', async () => {
    account.appRunner.busyFor = 3;
    expect(await verify()).toBe(true);
    account.appRunner.busyFor = 3;
    expect(await verify({ waitMs: 0 })).toBe(false);
    expect(said()).toContain('OPERATION_IN_PROGRESS');
  });

  it('fails on errors in the log since the last operation, and shows them', async () => {
    account.logLines.push({ at: new Date(0), message: 'an old one' });
    expect(await verify()).toBe(true);
    account.logLines.push({ at: new Date(Date.now() + 60_000), message: '{"level":"error","event":"lost"}' });
    expect(await verify()).toBe(false);
    expect(failed()).toEqual(['log:']);
    expect(said()).toContain('"event":"lost"');
    expect(said()).not.toContain('an old one');
  });

  it('ignores errors of instances from before the deployment', async () => {
    const startedAt = new Date();
    const at = (ms: number) => new Date(startedAt.getTime() + ms);
    account.logLines.push({ at: at(-60_000), message: 'started', stream: 'instance/old' });
    account.logLines.push({ at: at(1000), message: 'still broken', stream: 'instance/old' });
    expect(await verify({ startedAt })).toBe(true);
    account.logLines.push({ at: at(2000), message: 'broken anew', stream: 'instance/new' });
    expect(await verify({ startedAt })).toBe(false);
    expect(said()).toContain('broken anew');
    expect(said()).not.toContain('still broken');
    expect(await verify({ since: startedAt })).toBe(false);
    expect(said()).toContain('still broken');
  });

  it('names the missing permission when the log may not be read', async () => {
    account.refused.add('FilterLogEvents');
    expect(await verify()).toBe(true);
    expect(said()).toContain('skipped log: may not be read: logs:FilterLogEvents');
  });

  it('fails when the web service does not have the secrets of the stack', async () => {
    account.parameters.set(`${PARAMETERS}/meta-app-secret`, 'a-rotated-one');
    expect(await verify()).toBe(false);
    expect(failed()).toEqual(['delivery:']);
  });

  it('names the command when there is no service', async () => {
    account.appRunner.image = undefined;
    await expect(verify()).rejects.toThrow('npm run deploy -- staging');
  });
});

describe('verifying a stack on ECS Express Mode', () => {
  beforeEach(() => {
    account.parameterStore.remember('staging', A_VERIFIED);
    account.ecs.image = image('a');
  });

  it('passes when the newest deployment succeeded', async () => {
    expect(await verify({ compute: 'ecs-express', since: new Date() })).toBe(true);
  });

  it.each<[string, string]>([
    ['ClusterNotFoundException', 'Cluster not found.'],
    ['ResourceNotFoundException', 'The service was not found.'],
    ['InvalidParameterException', 'Resource not found'],
    ['ServiceNotActiveException', 'Cannot perform this operation on a service in INACTIVE status'],
  ])('names the command when there is no service, which ECS reports as %s', async (...absent) => {
    account.ecs.image = undefined;
    account.ecs.absent = absent;
    await expect(verify({ compute: 'ecs-express' })).rejects.toThrow('npm run deploy -- staging');
  });

  it('treats a deleted service as missing, and waits for one that is being deleted', async () => {
    account.ecs.status = 'INACTIVE';
    await expect(verify({ compute: 'ecs-express' })).rejects.toThrow('npm run deploy -- staging');
    account.ecs.status = 'DRAINING';
    expect(await findWebService(openAws(account.access), 'staging', 'ecs-express')).toMatchObject({
      changing: true,
      steady: false,
    });
  });

  it('fails on a deployment that was rolled back', async () => {
    account.ecs.deployment = 'ROLLBACK_SUCCESSFUL';
    expect(await verify({ compute: 'ecs-express' })).toBe(false);
    expect(failed()).toEqual(['operation:']);
  });
});

describe('verifying a stack whose worker runs as tasks', () => {
  const onFargate = { worker: 'fargate', since: new Date() } as const;
  beforeEach(() => {
    account.ecr.push(digest('a'), 'staging');
    account.deploy(image('a'));
    account.ecs.worker = { image: image('a'), running: 1, wanted: 1, rollout: 'COMPLETED' };
  });

  it('passes when they run the requested image, once the older ones have ended', async () => {
    account.ecs.workerBusyFor = 2;
    expect(await verify(onFargate)).toBe(true);
    expect(said()).toContain('the tasks of the worker are being changed');
    expect(said()).toContain(`worker: 1 of 1 tasks run ${image('a')}`);
  });

  it.each([
    [{ image: image('b') }, `not ${image('a')}`],
    [{ rollout: 'FAILED' }, 'did not stay up'],
    [{ wanted: 0, running: 0 }, 'scaled to no task'],
  ])('fails when they do not: %o', async (change, message) => {
    account.ecs.worker = { image: image('a'), running: 1, wanted: 1, rollout: 'COMPLETED', ...change };
    expect(await verify({ ...onFargate, image: image('a'), waitMs: 0 })).toBe(false);
    expect(failed()).toEqual(['worker:']);
    expect(said()).toContain(message);
  });

  it('fails when too few run until the limit', async () => {
    account.ecs.worker = { image: image('a'), running: 0, wanted: 1, rollout: 'IN_PROGRESS' };
    expect(await verify({ ...onFargate, waitMs: 0 })).toBe(false);
    expect(said()).toContain('0 of 1 tasks run, and they are still being changed');
  });

  it('fails when there is no worker at all', async () => {
    account.ecs.worker = undefined;
    expect(await verify(onFargate)).toBe(false);
    expect(said()).toContain('there is no service of the worker');
  });
});
