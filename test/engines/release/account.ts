/** The emulated account as a release needs it: what somebody else put there, and what is there afterwards. */
import { createHash } from 'node:crypto';
import { CloudWatchClient, DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  ECRClient,
  PutImageCommand,
  PutImageTagMutabilityCommand,
} from '@aws-sdk/client-ecr';
import { CreateOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam';
import { DeleteBucketPolicyCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { ENVIRONMENTS, PROJECT, DEFAULT_REGION as REGION } from '#infra/names.ts';

const ACCOUNT = '123456789012';
const KEY = 'local';
/** The environment in which a program reaches the account. */
export const KEYS = { AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: KEY, AWS_REGION: REGION };
export const STATE_BUCKET = `${PROJECT}-state-${ACCOUNT}`;
export const OIDC_PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;

export class ReleaseAccount {
  readonly #alarms: CloudWatchClient;
  readonly #ecr: ECRClient;
  readonly #iam: IAMClient;
  readonly #logs: CloudWatchLogsClient;
  readonly #s3: S3Client;
  readonly #ssm: SSMClient;

  constructor(endpoint: string) {
    const to = { endpoint, region: REGION, credentials: { accessKeyId: KEY, secretAccessKey: KEY } };
    this.#alarms = new CloudWatchClient(to);
    this.#ecr = new ECRClient(to);
    this.#iam = new IAMClient(to);
    this.#logs = new CloudWatchLogsClient(to);
    this.#s3 = new S3Client(to);
    this.#ssm = new SSMClient(to);
  }

  /** Somebody else's OIDC provider. The emulator cannot give it another audience later. */
  async makeOidcProvider(): Promise<void> {
    await this.#iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: 'https://token.actions.githubusercontent.com',
        ThumbprintList: ['0'.repeat(40)],
        ClientIDList: ['another', 'sts.amazonaws.com'],
      }),
    );
  }

  async letStateInWithoutTls(): Promise<void> {
    await this.#s3.send(new DeleteBucketPolicyCommand({ Bucket: STATE_BUCKET }));
  }

  /** As an `up` of another person leaves it while it runs. */
  async lock(stack: string): Promise<void> {
    const holder = { pid: 1, username: 'somebody', hostname: 'elsewhere', timestamp: '2026-11-21T00:00:00Z' };
    const Key = `.pulumi/locks/organization/${PROJECT}/${stack}/0.json`;
    await this.#s3.send(new PutObjectCommand({ Bucket: STATE_BUCKET, Key, Body: JSON.stringify(holder) }));
  }

  /** What the stack asks for, and the provider behind the stand-in for Pulumi's plugin does not know. */
  async letPointersMove(): Promise<void> {
    await this.#ecr.send(
      new PutImageTagMutabilityCommand({
        repositoryName: PROJECT,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [...ENVIRONMENTS, 'sha256-*'].map((filter) => ({
          filter,
          filterType: 'WILDCARD',
        })),
      }),
    );
  }

  /** Pushes an image. Answers its digest reference. */
  async push(name: string): Promise<string> {
    const digest = `sha256:${createHash('sha256').update(name).digest('hex')}`;
    const { image } = await this.#ecr.send(
      new PutImageCommand({
        repositoryName: PROJECT,
        imageManifest: JSON.stringify({
          schemaVersion: 2,
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          config: { digest, size: 2 },
          layers: [{ digest, size: 2 }],
        }),
        imageTag: `tree-${name}`,
      }),
    );
    return `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${PROJECT}@${image?.imageId?.imageDigest}`;
  }

  /** What anybody does who may push images. */
  async tag(reference: string, imageTag: string): Promise<void> {
    const { images: [image] = [] } = await this.#ecr.send(
      new BatchGetImageCommand({
        repositoryName: PROJECT,
        imageIds: [{ imageDigest: reference.replace(/.*@/, '') }],
      }),
    );
    const imageManifest = image?.imageManifest;
    await this.#ecr.send(new PutImageCommand({ repositoryName: PROJECT, imageManifest, imageTag }));
  }

  /** What the commands made of an image: pointers and shields, the latter without their times. */
  async tagsOf(reference: string): Promise<string[]> {
    const imageIds = [{ imageDigest: reference.replace(/.*@/, '') }];
    const { imageDetails = [] } = await this.#ecr.send(
      new DescribeImagesCommand({ repositoryName: PROJECT, imageIds }),
    );
    const words = (imageDetails[0]?.imageTags ?? []).map((tag) => tag.replace(/-\d{8}T\d{6}Z$/, ''));
    return [...new Set(words)].filter((tag) => !tag.startsWith('tree-')).sort();
  }

  async parameter(name: string): Promise<string> {
    const command = new GetParametersCommand({ Names: [name], WithDecryption: true });
    const { Parameters: [found] = [] } = await this.#ssm.send(command);
    if (found?.Value === undefined) throw new Error(`there is no parameter ${name}`);
    return found.Value;
  }

  /** Deletes a plain parameter. Answers how to put it back. */
  async removeParameter(Name: string): Promise<() => Promise<unknown>> {
    const Value = await this.parameter(Name);
    await this.#ssm.send(new DeleteParameterCommand({ Name }));
    return () => this.#ssm.send(new PutParameterCommand({ Name, Type: 'String', Value }));
  }

  async removeAlarm(name: string): Promise<void> {
    await this.#alarms.send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
  }

  async makeLogGroup(logGroupName: string): Promise<void> {
    await this.#logs.send(new CreateLogGroupCommand({ logGroupName })).catch((error: unknown) => {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    });
  }

  /** The retention in days of each log group of App Runner; undefined: for ever. */
  async logRetentions(): Promise<(number | undefined)[]> {
    const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/apprunner/' });
    const { logGroups = [] } = await this.#logs.send(command);
    return logGroups.map(({ retentionInDays }) => retentionInDays);
  }
}
