import * as z from 'zod';
import { ENVIRONMENTS, PROJECT } from '../names.ts';
import type { Problems } from './problems.ts';
import {
  accountId,
  bucketName,
  email,
  environmentNames,
  integer,
  keyArn,
  numericId,
  oidcProviderArn,
  repositoryName,
  roleArns,
  secretArns,
} from './shapes.ts';

export const SHARED_KEYS = z.object({
  accountId: accountId.optional(),
  /** Receives the alarms of every environment, and the budget's. */
  alarmEmail: email.optional(),
  /**
   * Monthly cost of the account above which `alarmEmail` is notified; 0 for no budget. The default is about twice what
   * staging and production cost together as they are planned (docs/infrastructure.md), which leaves room for growth and
   * stops a loop within days.
   */
  monthlyBudgetUsd: integer(0, 1_000_000).default(200),
  /** The environments of this account: only these get keys, permissions boundaries and deploy roles. */
  environments: environmentNames.default([...ENVIRONMENTS]),
  /** The repository of the images in ECR. */
  repositoryName: repositoryName.default(PROJECT),
  /** `owner/repository`: the repository whose workflows may assume the deploy roles. */
  github: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/repository'),
  githubOwnerId: numericId.optional(),
  githubRepositoryId: numericId.optional(),
  /** An account has one such provider at most; absent, it is created. */
  githubOidcProviderArn: oidcProviderArn.optional(),
  /** Roles that environments may use as `instanceRoleArn` or `accessRoleArn`: the deploy roles may pass them. */
  passableRoleArns: roleArns.default([]),
  /** Secrets, parameters and keys that exist already, and that the programs of an environment may read. */
  stagingSecretArns: secretArns.default([]),
  productionSecretArns: secretArns.default([]),
  /** The bucket of Pulumi's state, and the keys of its secrets; absent, the deploy roles have no permissions on them. */
  stateBucket: bucketName.optional(),
  stateKeyArn: keyArn.optional(),
  stagingStateKeyArn: keyArn.optional(),
  productionStateKeyArn: keyArn.optional(),
});

export type SharedSettings = z.infer<typeof SHARED_KEYS>;

export const SHARED_EXAMPLES: Readonly<Record<keyof SharedSettings, string>> = {
  accountId: '123456789012',
  alarmEmail: 'operators@example.org',
  monthlyBudgetUsd: '200',
  environments: `'["production"]'`,
  repositoryName: PROJECT,
  github: '<owner>/<repository>',
  githubOwnerId: '<number>',
  githubRepositoryId: '<number>',
  githubOidcProviderArn: 'arn:aws:iam::<account>:oidc-provider/token.actions.githubusercontent.com',
  passableRoleArns: `'["arn:aws:iam::<account>:role/<name>"]'`,
  stagingSecretArns: `'["arn:aws:secretsmanager:<region>:<account>:secret:<name>-<6 characters>"]'`,
  productionSecretArns: `'["arn:aws:secretsmanager:<region>:<account>:secret:<name>-<6 characters>"]'`,
  stateBucket: '<bucket>',
  stateKeyArn: 'arn:aws:kms:<region>:<account>:key/<id>',
  stagingStateKeyArn: 'arn:aws:kms:<region>:<account>:key/<id>',
  productionStateKeyArn: 'arn:aws:kms:<region>:<account>:key/<id>',
};

export function checkShared(settings: SharedSettings, problems: Problems): void {
  if ((settings.githubOwnerId === undefined) !== (settings.githubRepositoryId === undefined)) {
    const absent = settings.githubOwnerId === undefined ? 'githubOwnerId' : 'githubRepositoryId';
    problems.add(
      `githubOwnerId and githubRepositoryId go together, ${absent} is missing`,
      problems.set(absent, '<number>'),
    );
  }
}
