/** Schemas of configuration values. Configuration is text; the schemas parse it. */
import * as z from 'zod';
import { ENVIRONMENTS, type EnvironmentName } from '../names.ts';

export const digestReference = z
  .string()
  .regex(/@sha256:[0-9a-f]{64}$/, {
    error: 'must be a digest reference (repository@sha256:…); a tag can move',
    abort: true,
  })
  .regex(
    /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/[a-z0-9._/-]+@/,
    'must be an image in ECR (<account>.dkr.ecr.<region>.amazonaws.com/…)',
  );

export const roleArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    'must be the ARN of a role (arn:aws:iam::123456789012:role/name)',
  );

export const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;
export const keyArn = z.string().regex(KEY_ARN, 'must be the ARN of a KMS key');

export const oidcProviderArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/,
    "must be the ARN of GitHub's OIDC provider (arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com)",
  );

export const email = z.string().regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'must be an e-mail address');

export const hostName = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
    'must be a host name, without https:// and without a path',
  );

export const numericId = z.string().regex(/^\d+$/, 'must be the number that GitHub gave it');

export const accountId = z.string().regex(/^\d{12}$/, 'must be the twelve digits of an AWS account');

export function integer(from: number, to: number) {
  const message = `must be a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .refine((value) => value >= from && value <= to, message);
}

export const booleanText = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((text) => text === 'true');

export const bucketName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket, without s3://');

/** Names of repositories in ECR (API reference, CreateRepository). */
export const repositoryName = z
  .string()
  .regex(
    /^(?=.{2,256}$)([a-z0-9]+([._-][a-z0-9]+)*\/)*[a-z0-9]+([._-][a-z0-9]+)*$/,
    'must be the name of a repository in ECR: lower-case letters, digits, and single . _ - / between them',
  );

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text, asWritten);
  } catch {
    context.addIssue('must be an object');
    return z.NEVER;
  }
});

/** A list of texts that match the pattern, as `pulumi config set --path 'key[0]'` writes it. One problem for the list. */
export function listOf(pattern: RegExp, what: string) {
  const list = json.pipe(z.array(z.string().regex(pattern)).min(1));
  return z.string().transform((text, context): readonly string[] => {
    const { data } = list.safeParse(text);
    if (data !== undefined) return data;
    context.addIssue(`must be a list of ${what}`);
    return z.NEVER;
  });
}

/** What the boundary of an environment may name: a secret, a parameter, or a key. */
export const secretArns = listOf(
  /^arn:aws:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+|ssm:[a-z0-9-]+:\d{12}:parameter\/[\w./-]+|kms:[a-z0-9-]+:\d{12}:key\/[\w-]+)$/,
  'ARNs of secrets, parameters and KMS keys',
);

const oneValue = z.union([z.string(), z.number(), z.boolean()], 'must be one value').transform(String);

/**
 * A JSON object of text to text; numbers and booleans become text, since that is what a variable holds. Meta's ids are
 * larger than the largest safe integer, so a number keeps the digits of its source text.
 */
export const textMap = json.pipe(
  z.record(z.string(), oneValue, { error: 'must be an object: variable to value' }),
);

/** A JSON list of ARNs of roles. */
export const roleArns = json.pipe(z.array(roleArn, 'must be a list of ARNs of roles'));

/** A JSON list of environments, each once. One problem for the list. */
export const environmentNames = z.string().transform((text, context): readonly EnvironmentName[] => {
  const { data } = json.pipe(z.array(z.enum(ENVIRONMENTS)).min(1)).safeParse(text);
  if (data !== undefined) return ENVIRONMENTS.filter((name) => data.includes(name));
  context.addIssue(`must be a list of environments, of which there are ${ENVIRONMENTS.join(' and ')}`);
  return z.NEVER;
});

/** The same, but a value that is not text, a number or a boolean counts as set. */
export const lenientTextMap = json.pipe(z.record(z.string(), oneValue.catch('unfit')));

/** The third argument of a reviver is newer than the types of TypeScript's library. */
function asWritten(_key: string, value: unknown, ...[context]: readonly unknown[]): unknown {
  return typeof value === 'number' ? z.object({ source: z.string() }).parse(context).source : value;
}
