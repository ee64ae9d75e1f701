import {
  BucketLocationConstraint,
  CreateBucketCommand,
  type CreateBucketCommandInput,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { CommandError } from '../../../scripts/command.ts';
import type { Step } from './step.ts';

/** For how long an overwritten state can be restored. */
const OLD_STATES_DAYS = 90;

/**
 * The bucket of Pulumi's state: versioned, encrypted, private, TLS only. It counts as created when it is versioned, since
 * that is set last.
 */
export function stateBucket(s3: S3Client, bucket: string, region: string): Step {
  return {
    name: 'bucket of the state',
    find: async () => ((await isComplete(s3, bucket)) ? `s3://${bucket}` : undefined),
    create: async () => {
      if (!(await exists(s3, bucket))) {
        await s3.send(new CreateBucketCommand({ Bucket: bucket, ...locationOf(region) }));
      }
      await secure(s3, bucket);
      await s3.send(
        new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      );
      return `s3://${bucket}`;
    },
  };
}

/** us-east-1 is the default location, and S3 rejects it as a constraint (API reference, CreateBucket). */
function locationOf(region: string): Pick<CreateBucketCommandInput, 'CreateBucketConfiguration'> {
  const known = Object.values(BucketLocationConstraint).find((name) => name === region);
  if (known !== undefined) return { CreateBucketConfiguration: { LocationConstraint: known } };
  if (region === 'us-east-1') return {};
  throw new CommandError(`this version of the S3 client does not know the region ${region}`);
}

async function isComplete(s3: S3Client, bucket: string): Promise<boolean> {
  if (!(await exists(s3, bucket))) return false;
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
  return Status === 'Enabled';
}

async function exists(s3: S3Client, bucket: string): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const status = error.$metadata.httpStatusCode;
    if (status === 404) return false;
    if (status === 403)
      throw new CommandError(`the bucket ${bucket} belongs to another account, or may not be read`);
    throw error;
  }
}

async function secure(s3: S3Client, bucket: string): Promise<void> {
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket: bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  );
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    }),
  );
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: 'old-states-go',
            Status: 'Enabled',
            Filter: { Prefix: '' },
            NoncurrentVersionExpiration: { NoncurrentDays: OLD_STATES_DAYS },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          },
        ],
      },
    }),
  );
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(tlsOnly(bucket)) }));
}

function tlsOnly(bucket: string) {
  const arn = `arn:aws:s3:::${bucket}`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
}
