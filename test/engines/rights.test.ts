import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RECORDINGS_FOLDER, recordingText } from '#infra/deploy-permissions/recorded.ts';
import { type AccountProxy, startAccountProxy } from './account-proxy.ts';
import { canRun } from './needs.ts';
import { missingForAccount, OwnAccount } from './own-account.ts';
import { MISSING, NO_APP_RUNNER, SECRETS } from './pulumi-settings.ts';
import { ACCOUNT, REGION } from './rights/place.ts';
import { RecordedStack } from './rights/recorded-stack.ts';
import { PASSABLE_ROLES, VARIANTS, type Variant } from './rights/variants.ts';

const BUCKET = `ansari-whatsapp-state-${ACCOUNT}`;
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const STACKS = ['shared', 'staging', 'production'] as const;

const missing = [...MISSING, ...NO_APP_RUNNER, ...missingForAccount()];

/** `npx vitest run --project engines test/engines/rights.test.ts -u` updates the recordings. */
describe.skipIf(!canRun('rights', missing))('the calls of the provider', () => {
  let account: OwnAccount | undefined;
  /** Adds to the account what it lacks. */
  let proxy: AccountProxy | undefined;
  let endpoint = '';
  /** The keys of the stacks' secrets in the state, by stack. */
  const stateKeys = new Map<string, string>();
  let shared: RecordedStack;

  beforeAll(async () => {
    account = await OwnAccount.start();
    proxy = await startAccountProxy(account.url);
    endpoint = proxy.url;
    const to = { endpoint, region: REGION, credentials: CREDENTIALS };
    const s3 = new S3Client({ ...to, forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({
        Bucket: BUCKET,
        CreateBucketConfiguration: { LocationConstraint: REGION },
      }),
    );
    for (const stack of STACKS) {
      const { KeyMetadata } = await new KMSClient(to).send(new CreateKeyCommand({}));
      stateKeys.set(stack, String(KeyMetadata?.Arn));
    }
    shared = await RecordedStack.make({
      endpoint,
      stack: 'shared',
      bucket: BUCKET,
      stateKeyArn: keyOf('shared'),
    });
    await shared.configure({
      github: 'example/ansari',
      githubOwnerId: '4711',
      githubRepositoryId: '815',
      alarmEmail: 'operators@example.org',
      monthlyBudgetUsd: '200',
      stateBucket: BUCKET,
      stateKeyArn: keyOf('shared'),
      stagingStateKeyArn: keyOf('staging'),
      productionStateKeyArn: keyOf('production'),
      ...Object.fromEntries(PASSABLE_ROLES.map((role, index) => [`passableRoleArns[${index}]`, role])),
    });
  });
  afterAll(async () => {
    await shared?.remove();
    await proxy?.close();
    account?.end();
  });

  const keyOf = (stack: string) => stateKeys.get(stack) ?? '';

  it('match the recording: creation of shared', async () => {
    await shared.record(['up', 'again', 'preview', 'refresh']);
    expect(shared.failures).toEqual([]);
  });

  async function recorded(variant: Variant): Promise<void> {
    const stack = await RecordedStack.make({
      endpoint,
      stack: variant.stack,
      bucket: BUCKET,
      stateKeyArn: keyOf(variant.stack),
      names: new Map([
        [keyOf('shared'), 'state-shared'],
        [keyOf(variant.stack), `state-${variant.stack}`],
        [await shared.keyOf(variant.stack), `secrets-${variant.stack}`],
      ]),
    });
    try {
      await stack.configure(variant.config, {
        ...SECRETS,
        ...variant.secret,
        ADMIN_TOKEN: 'admin-token-of-an-engine-test',
      });
      await stack.record(['up', 'again', 'preview', 'refresh', 'compare']);
      await stack.recordChanges(variant.changed, { ADMIN_TOKEN: 'another-token-of-an-engine-test' });
      await stack.record(['destroy']);
      expect(stack.failures).toEqual([]);
      await expect(recordingText(stack.recording)).toMatchFileSnapshot(
        `${RECORDINGS_FOLDER}/${variant.name}.jsonl`,
      );
    } finally {
      await stack.remove();
    }
  }

  it('match the recording: the environments', async () => {
    const inTurn = async (variants: readonly Variant[]) => {
      for (const variant of variants) await recorded(variant);
    };
    // Each stack has a unique name, so they do not conflict.
    const ended = await Promise.allSettled(
      [...Map.groupBy(VARIANTS, ({ stack }) => stack).values()].map(inTurn),
    );
    expect(ended.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))).toEqual([]);
  }, 2_400_000);

  it('match the recording: destruction of shared', async () => {
    await shared.recordChanges({ alarmEmail: 'others@example.org', monthlyBudgetUsd: '300' }, {});
    await shared.record(['destroy']);
    expect(shared.failures).toEqual([]);
    await expect(recordingText(shared.recording)).toMatchFileSnapshot(`${RECORDINGS_FOLDER}/shared.jsonl`);
  });
});
