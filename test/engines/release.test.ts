import { spawnSync } from 'node:child_process';
import { AppRunnerClient, ListServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-apprunner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '#infra/cli/release/registry.ts';
import { parseReleases } from '#infra/cli/release/verdicts.ts';
import { type FakeServer, fakeServer } from '../fakes/http-server.ts';
import { type AccountProxy, startAccountProxy } from './account-proxy.ts';
import { EmulatedAccount } from './emulated-account.ts';
import { canRun } from './needs.ts';
import { KEYS, OIDC_PROVIDER, ReleaseAccount, STATE_BUCKET } from './release/account.ts';
import { AppRunner, type Program } from './release/app-runner.ts';
import { Checkout } from './release/checkout.ts';
import { CERTIFICATE } from './release/front.ts';

const endpoint = process.env.AWS_ENDPOINT_URL;
const why = [
  ...(spawnSync('pulumi', ['version']).status === 0 ? [] : ['no pulumi on PATH']),
  ...(endpoint === undefined ? ['no AWS_ENDPOINT_URL'] : []),
];

const SECRETS = {
  META_APP_SECRET: 'app-secret-of-an-engine-test',
  META_WEBHOOK_VERIFY_TOKEN: 'verify-token-of-an-engine-test',
  META_ACCESS_TOKEN_FROM_SYS_USER: 'access-token-of-an-engine-test',
  WHATSAPP_SERVICE_API_KEY: 'service-key-of-an-engine-test',
};

/** The commands as an operator runs them, with the real engine of Pulumi and with stand-ins for App Runner and Graph. */
describe.skipIf(!canRun('release', why))('a release, command by command', () => {
  const account = new ReleaseAccount(endpoint ?? '');
  const appRunner = new AppRunner(account, { ...KEYS, AWS_ENDPOINT_URL: endpoint ?? '' });
  let controlPlane: string;
  let checkout: Checkout;
  let graph: FakeServer;
  let proxy: AccountProxy;

  beforeAll(async () => {
    await new EmulatedAccount(endpoint ?? '').reset();
    graph = await fakeServer((response, { url }) => response.end(JSON.stringify(graphAnswer(url))));
    controlPlane = await appRunner.start();
    proxy = await startAccountProxy(endpoint ?? '');
    checkout = new Checkout({
      ...KEYS,
      AWS_ENDPOINT_URL: endpoint ?? '',
      AWS_ENDPOINT_URL_APPRUNNER: controlPlane,
      AWS_ENDPOINT_URL_LAMBDA: proxy.url,
      // Only the stand-in for Pulumi's plugin reads this: App Runner is available.
      EMULATOR_LACKS: '^aws_ecs_express_',
      NODE_EXTRA_CA_CERTS: CERTIFICATE,
    });
  });
  afterAll(async () => {
    await appRunner.close();
    await graph?.close();
    await proxy?.close();
    checkout?.remove();
  });

  /** What Meta says of the token, the number and the subscription; the callback is set to whatever runs. */
  function graphAnswer(url: string): unknown {
    if (url.includes('debug_token')) {
      const scopes = ['whatsapp_business_messaging', 'whatsapp_business_management'];
      const granular_scopes = [{ scope: scopes[1], target_ids: ['77'] }];
      return { data: { is_valid: true, scopes, granular_scopes } };
    }
    if (url.includes('subscribed_apps')) return { data: [{}] };
    return { verified_name: 'Ansari', quality_rating: 'GREEN', webhook_configuration: {} };
  }

  /** Pushes an image that is this program. Answers its digest reference. */
  async function push(name: string, program: Program): Promise<string> {
    const reference = await account.push(name);
    appRunner.programs.set(reference, program);
    return reference;
  }
  const tagsOf = (reference: string) => account.tagsOf(reference);
  /** The verdicts that are remembered, the newest first, by the names of the images. */
  async function verdicts(): Promise<string[]> {
    const named = new Map(Object.entries(images).map(([name, reference]) => [digestOf(reference), name]));
    const releases = parseReleases(await account.parameter('/ansari-whatsapp/staging/releases')) ?? [];
    return releases.map(({ digest, verdict }) => `${named.get(digest)} ${verdict}`);
  }

  const images = { first: '', second: '', dead: '', deaf: '' };

  it('bootstrap creates missing resources once, and uses the OIDC provider of the account', async () => {
    await account.makeOidcProvider();
    const refused = await checkout.run('bootstrap', '--skip-github');
    expect(refused.text).toContain(`made    bucket of the state: s3://${STATE_BUCKET}`);
    expect(refused.text).toContain("The backend with Pulumi's state cannot be reached (Forbidden)");
    expect(refused.code, refused.text).toBe(1);
    // The bucket requires TLS, which the emulator does not support.
    await account.letStateInWithoutTls();
    const made = await checkout.run('bootstrap', '--skip-github');
    expect(made.text).toContain('there   bucket of the state');
    expect(made.text).toContain('made    stack production: awskms://alias/ansari-whatsapp-state-production');
    expect(made.text).toContain(`made    shared: githubOidcProviderArn: ${OIDC_PROVIDER}`);
    expect(made.code, made.text).toBe(0);
    const again = await checkout.run('bootstrap', '--skip-github', '--dry-run');
    expect(again.code, again.text).toBe(0);
    // The emulator names service-linked roles differently from AWS, so they are not found again.
    expect(again.text).not.toMatch(/^(made|to make) +(?!service-linked role)/m);
    expect(again.text.match(/^there/gm)?.length).toBeGreaterThan(10);
  });

  it('doctor names the command for every secret that is missing', async () => {
    await checkout.pulumi('up', '--yes', '--skip-preview', '--stack', 'shared');
    const { code, text } = await checkout.run('doctor', 'staging');
    expect(code, text).toBe(1);
    for (const name of Object.keys(SECRETS))
      expect(text).toContain(`pulumi config set --secret ${name} --stack staging`);
  });

  it('deploy builds nothing while secrets are missing or a variable is invalid', async () => {
    const set = (level: string) =>
      checkout.pulumi('config', 'set', '--path', 'environment.LOGGING_LEVEL', level, '--stack', 'staging');
    await set('loud');
    const { code, text } = await checkout.run('deploy', 'staging');
    expect(text).toContain('META_APP_SECRET is missing');
    expect(text).toContain('LOGGING_LEVEL must be one of');
    expect(text).toContain('staging cannot be deployed as it is configured; nothing was built or changed.');
    expect(text).not.toContain('building');
    expect(code, text).toBe(1);
    await set('debug');
  });

  it('doctor reports no problem when they are set', async () => {
    const set = (...words: string[]) => checkout.pulumi('config', 'set', ...words, '--stack', 'staging');
    for (const [name, value] of Object.entries(SECRETS)) await set('--secret', name, value);
    await set('--path', 'environment.META_BUSINESS_PHONE_NUMBER_ID', '100000000000001');
    await set('--path', 'environment.BACKEND_SERVER_URL', 'https://backend.example.org');
    await set('--path', 'environment.META_API_URL', graph.url);
    await checkout.run('build');
    const { code, text } = await checkout.run('doctor', 'staging');
    expect(text).toContain(`ok      state: s3://${STATE_BUCKET}`);
    expect(text).toContain('ok      token: valid, never expires, has both permissions');
    expect(text).toContain(', 0 failed');
    expect(code, text).toBe(0);
  });

  it('deploy creates the service, and verifies it', async () => {
    await account.letPointersMove();
    images.first = await push('first', {});
    const { code, text } = await checkout.run('deploy', 'staging', '--image', images.first);
    expect(text).toContain('10 good, 0 failed');
    expect(text).toContain(`${images.first} is deployed and verified`);
    expect(code, text).toBe(0);
    expect(appRunner.image).toBe(images.first);
    expect(await tagsOf(images.first)).toEqual(['staging', 'verified-staging']);
    expect(await verdicts()).toEqual(['first verified']);
  });

  it('deploy sets the retention of the log groups that App Runner created', async () => {
    expect(await account.logRetentions()).toEqual([30, 30]);
  });

  it('deploy replaces the running image, and moves the pointer', async () => {
    images.second = await push('second', {});
    const { code, text } = await checkout.run('deploy', 'staging', '--image', images.second);
    expect(code, text).toBe(0);
    expect(appRunner.image).toBe(images.second);
    expect(await tagsOf(images.first)).toEqual(['verified-staging']);
    expect(await tagsOf(images.second)).toEqual(['staging', 'verified-staging']);
  });

  it('verify compares the running image with the last verified one, independently of tags', async () => {
    await account.tag(images.first, 'staging');
    const { code, text } = await checkout.run('verify', 'staging');
    expect(text).toContain('ok      operation: UPDATE_SERVICE SUCCEEDED');
    expect(text).toContain(`ok      image: ${images.second}`);
    expect(text).toContain('ok      delivery: a signed test delivery is accepted');
    expect(code, text).toBe(0);
    const other = await checkout.run('verify', 'staging', '--image', images.first);
    expect(other.text).toContain('FAILED  image');
    expect(other.code, other.text).toBe(1);
  });

  it('drift finds only the resource that was deleted by hand, without the key of the secrets', async () => {
    // Without a KMS endpoint, nothing can be decrypted.
    const closed = { AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:1' };
    const compare = async () => (await checkout.runWith(closed, 'drift', 'staging')).text;
    expect(await compare()).toContain('staging: the account matches the state.');
    const name = '/app-runtime/ansari-whatsapp/staging/logging-level';
    const putBack = await account.removeParameter(name);
    expect(await compare()).toContain(`- delete parameter ${name}`);
    await putBack();
    expect(await compare()).toContain('staging: the account matches the state.');
    await account.removeAlarm('ansari-whatsapp-staging-worker-errors');
    const { code, text } = await checkout.runWith(closed, 'drift', 'staging');
    expect(text).toContain('aws:cloudwatch/metricAlarm:MetricAlarm::worker-errors');
    expect(code, text).toBe(3);
  });

  it('deploy rolls back when App Runner rolled the new image back', async () => {
    images.dead = await push('dead', { META_API_VERSION: 'v1.0' });
    const { code, text } = await checkout.run('deploy', 'staging', '--image', images.dead);
    expect(text).toContain(`the service still runs ${images.second}, not ${images.dead}`);
    expect(text).toContain('failed: the image that ran well before runs again');
    expect(code, text).toBe(1);
    expect(appRunner.image).toBe(images.second);
    expect(await verdicts()).toEqual(['dead rejected', 'second verified', 'first verified']);
    expect(await tagsOf(images.dead)).toEqual([]);
  });

  it('verify fails after an update that App Runner rolled back, whoever made it', async () => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const hand = new AppRunnerClient({ endpoint: controlPlane, region: 'us-west-2', credentials });
    const { ServiceSummaryList: [service] = [] } = await hand.send(new ListServicesCommand({}));
    await hand.send(
      new UpdateServiceCommand({
        ServiceArn: service?.ServiceArn,
        SourceConfiguration: {
          ImageRepository: { ImageIdentifier: images.dead, ImageRepositoryType: 'ECR' },
        },
      }),
    );
    const { code, text } = await checkout.run('verify', 'staging');
    expect(text).toContain(
      'FAILED  operation: the service is RUNNING, but its last UPDATE_SERVICE ended as ROLLBACK_SUCCEEDED',
    );
    expect(text).toContain(`ok      image: ${images.second}`);
    expect(code, text).toBe(1);
  });

  it('deploy rolls back when the new image is healthy but accepts no delivery of Meta', async () => {
    images.deaf = await push('deaf', { META_APP_SECRET: 'not-the-secret-of-an-engine-test' });
    const { code, text } = await checkout.run('deploy', 'staging', '--image', images.deaf);
    expect(text).toContain('FAILED  delivery: a signed test delivery is answered with 403');
    expect(text).toContain('failed: the image that ran well before runs again');
    expect(code, text).toBe(1);
    expect(appRunner.image).toBe(images.second);
    expect(await verdicts()).toEqual(['deaf rejected', 'second verified', 'dead rejected', 'first verified']);
    expect(await tagsOf(images.second)).toEqual(['staging', 'verified-staging']);
  });

  it('rollback deploys no image without an attestation, unless forced', async () => {
    const { code, text } = await checkout.run('rollback', 'staging');
    expect(text).toContain(`Nothing was changed. To roll back to it anyway: npm run rollback -- staging`);
    expect(text).toContain(`${digestOf(images.first)} --unattested`);
    expect(code, text).toBe(1);
    expect(appRunner.image).toBe(images.second);
  });

  it('rollback deploys the image that was verified before, and skips rejected or only tagged ones', async () => {
    await account.tag(images.deaf, 'verified-staging-20991231T000000Z');
    const dry = await checkout.run('rollback', 'staging', '--dry-run');
    expect(dry.text).toContain(`would roll back from ${images.second}`);
    expect(appRunner.image).toBe(images.second);
    const { code, text } = await checkout.run('rollback', 'staging', '--unattested');
    expect(text).toContain(`staging runs ${images.first}`);
    expect(code, text).toBe(0);
    expect(appRunner.image).toBe(images.first);
    expect((await verdicts()).slice(0, 2).sort()).toEqual(['first verified', 'second rejected']);
    expect(await tagsOf(images.second)).toEqual(['verified-staging']);
    expect(await tagsOf(images.first)).toEqual(['staging', 'verified-staging']);
  });

  it('deploy changes nothing while another up locks the stack', async () => {
    await account.lock('staging');
    const { code, text } = await checkout.run('deploy', 'staging', '--image', images.second);
    expect(text).toContain('created by somebody@elsewhere');
    expect(text).toContain('was refused before anything changed');
    expect(code, text).toBe(1);
    expect(appRunner.image).toBe(images.first);
    expect((await verdicts()).slice(0, 2).sort()).toEqual(['first verified', 'second rejected']);
  });
});
