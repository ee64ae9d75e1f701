import * as z from 'zod';
import { renamed } from '../../app/config/older-names.ts';
import { exposureOf } from '../../app/config/weak-values.ts';
import { isSharedStack, SHARED_STACK } from '../names.ts';
import { missingVariables, NOT_IN_AWS, type StackVariable, VARIABLES } from '../variables.ts';
import { checkNetwork, SECURITY_GROUPS_EXAMPLE, SUBNETS_EXAMPLE } from './network.ts';
import { valueProblem } from './parameter-value.ts';
import { closest, type Problems } from './problems.ts';
import {
  accountId,
  booleanText,
  digestReference,
  email,
  hostName,
  integer,
  KEY_ARN,
  listOf,
  roleArn,
  textMap,
} from './shapes.ts';

export const ENVIRONMENT_KEYS = z.object({
  accountId: accountId.optional(),
  compute: z.enum(['apprunner', 'ecs-express'], 'must be apprunner or ecs-express').default('apprunner'),
  image: digestReference.optional(),
  environment: textMap.default({}),
  /** Variable to the ARN of a secret or parameter that exists already: read by the programs, never by Pulumi. */
  secretReferences: textMap.default({}),
  /** The keys that encrypt those, where they are not the keys of AWS. */
  secretKeyArns: listOf(KEY_ARN, 'ARNs of KMS keys').default([]),
  accessRoleArn: roleArn.optional(),
  instanceRoleArn: roleArn.optional(),
  /** In units of 1/1024 vCPU, and in MB. */
  cpu: integer(256, 4096).default(1024),
  memory: integer(512, 12288).default(2048),
  minSize: integer(1, 25).default(1),
  maxSize: integer(1, 25).default(4),
  /** Concurrent requests per instance before another one is started. */
  maxConcurrency: integer(1, 200).default(100),
  /** The kind of worker: a Lambda function, or tasks on Fargate that poll the queue. */
  worker: z.enum(['lambda', 'fargate'], 'must be lambda or fargate').default('lambda'),
  /** Conversations at a time; SQS allows Lambda 2 to 1,000. Absent: `concurrencyOf`. */
  workerConcurrency: integer(2, 1000).optional(),
  /** Tasks of `worker: fargate`, which share the conversations. */
  workerTasks: integer(1, 25).default(1),
  /** The stack of the account that has what environments share. */
  sharedStack: z
    .string()
    .refine(isSharedStack, 'must be shared, or a name such as shared-production')
    .default(SHARED_STACK),
  workerBundle: z.string().min(1, 'must be the folder of the bundle').default('dist/worker'),
  logRetentionDays: integer(1, 3653).default(30),
  tracing: booleanText.default(false),
  alarmEmail: email.optional(),
  domain: hostName.optional(),
  /** Where tasks run; absent, the account's default network. */
  subnets: listOf(/^subnet-[0-9a-f]{8,17}$/, 'ids of subnets (subnet-0123456789abcdef0)').optional(),
  /** Behind a NAT: App Runner and the worker call out from there. Absent, from addresses of AWS's. */
  privateSubnets: listOf(/^subnet-[0-9a-f]{8,17}$/, 'ids of subnets (subnet-0123456789abcdef0)').optional(),
  /** Of tasks, and of what calls out from the private subnets. */
  securityGroups: listOf(/^sg-[0-9a-f]{8,17}$/, 'ids of security groups (sg-0123456789abcdef0)').optional(),
});

export type EnvironmentKeys = z.infer<typeof ENVIRONMENT_KEYS>;

export const ENVIRONMENT_EXAMPLES: Readonly<Record<keyof EnvironmentKeys, string>> = {
  accountId: '123456789012',
  compute: 'apprunner',
  image: '<account>.dkr.ecr.<region>.amazonaws.com/ansari-whatsapp@sha256:<digest>',
  environment: "'{}'",
  secretReferences: "'{}'",
  secretKeyArns: `'["arn:aws:kms:<region>:<account>:key/<id>"]'`,
  accessRoleArn: 'arn:aws:iam::<account>:role/<name>',
  instanceRoleArn: 'arn:aws:iam::<account>:role/<name>',
  cpu: '1024',
  memory: '2048',
  minSize: '1',
  maxSize: '4',
  maxConcurrency: '100',
  worker: 'lambda',
  workerConcurrency: '10',
  sharedStack: 'shared-production',
  workerTasks: '1',
  workerBundle: 'dist/worker',
  logRetentionDays: '30',
  tracing: 'true',
  alarmEmail: 'operators@example.org',
  domain: 'whatsapp.example.org',
  subnets: SUBNETS_EXAMPLE,
  privateSubnets: SUBNETS_EXAMPLE,
  securityGroups: SECURITY_GROUPS_EXAMPLE,
};

/** Defaults. A new account runs 10 functions at a time. A task mostly waits, so one can work on a hundred conversations. */
const CONCURRENCY: Readonly<Record<EnvironmentKeys['worker'], number>> = { lambda: 10, fargate: 100 };

/** Conversations that the worker works on at a time. */
export function concurrencyOf(keys: Pick<EnvironmentKeys, 'worker' | 'workerConcurrency'>): number {
  return keys.workerConcurrency ?? CONCURRENCY[keys.worker];
}

/**
 * Memory that each amount of CPU can have. App Runner: AWS App Runner API reference, InstanceConfiguration; Fargate:
 * Amazon ECS developer guide, "Task CPU and memory", below the 8,192 MB at which Express Mode ends.
 */
const SIZES: Readonly<Record<EnvironmentKeys['compute'], Readonly<Record<number, readonly number[]>>>> = {
  apprunner: {
    256: [512, 1024],
    512: [1024],
    1024: [2048, 3072, 4096],
    2048: [4096, 6144],
    4096: [8192, 10240, 12288],
  },
  'ecs-express': {
    256: [512, 1024, 2048],
    512: [1024, 2048, 3072, 4096],
    1024: [2048, 3072, 4096, 5120, 6144, 7168, 8192],
    2048: [4096, 5120, 6144, 7168, 8192],
    4096: [8192],
  },
};

/** Retention periods that CloudWatch Logs has (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Adds the problems of keys that contradict each other. */
export function checkEnvironment(keys: EnvironmentKeys, problems: Problems): void {
  const { compute, cpu, memory } = keys;
  const offered = SIZES[compute][cpu];
  if (offered === undefined) {
    problems.add(
      `cpu ${cpu} is not offered by ${compute}: ${Object.keys(SIZES[compute]).join(', ')} are`,
      problems.set('cpu', '1024'),
    );
  } else if (!offered.includes(memory)) {
    problems.add(
      `memory ${memory} with cpu ${cpu} is not offered by ${compute}: ${offered.join(', ')} are`,
      problems.set('memory', String(offered[0])),
    );
  }
  if (keys.minSize > keys.maxSize) {
    problems.add(
      `minSize ${keys.minSize} is above maxSize ${keys.maxSize}`,
      problems.set('maxSize', String(keys.minSize)),
    );
  }
  if (!RETENTION_DAYS.includes(keys.logRetentionDays)) {
    problems.add(
      `logRetentionDays ${keys.logRetentionDays} is not offered by CloudWatch Logs: ${RETENTION_DAYS.join(', ')} are`,
      problems.set('logRetentionDays', '30'),
    );
  }
  checkNetwork(keys, problems);
  if (keys.worker === 'lambda' && keys.workerTasks > 1) {
    problems.add(
      `workerTasks ${keys.workerTasks} is for worker fargate, worker is lambda`,
      problems.remove('workerTasks'),
    );
  }
  if (compute === 'ecs-express') {
    if (keys.domain !== undefined) {
      problems.add(
        'domain: ECS Express Mode has no setting for it, and its deployments shift traffic in a listener rule of its own. Add the host to that rule (docs/runbook.md, "A domain of your own on ECS Express Mode") and set PUBLIC_URL',
        problems.remove('domain'),
      );
    }
    if (keys.accessRoleArn !== undefined) {
      problems.add(
        'accessRoleArn is a role of App Runner, compute is ecs-express',
        problems.remove('accessRoleArn'),
      );
    }
    if (keys.tracing) {
      problems.add('tracing: ECS Express Mode has no X-Ray daemon', problems.remove('tracing'));
    }
  }
}

/** The variables that a stack sets. */
export interface SetVariables {
  readonly plain: Readonly<Record<string, string>>;
  /** Names. */
  readonly secrets: ReadonlySet<string>;
  /** What secrets that are JSON objects hold, by variable; absent where secrets are not decrypted. */
  readonly held?: Readonly<Record<string, string>>;
  /** Names of the variables that refer to a secret. */
  readonly referring?: readonly string[];
}

/**
 * Checks the plain variables and the secrets of a stack against the table of variables: unknown ones, secrets in plain
 * text, ones that the infrastructure sets, and required ones that are missing.
 */
export function checkVariables(set: SetVariables, keys: EnvironmentKeys, problems: Problems): void {
  const { plain } = set;
  const known = new Map(VARIABLES.map((variable) => [variable.name, variable]));
  for (const [name, value] of Object.entries(plain)) {
    const variable = known.get(name);
    if (variable === undefined) {
      const suggestion = renamed(name) ?? closest(name, known.keys());
      const why = NOT_IN_AWS.includes(name)
        ? 'has no meaning in AWS'
        : 'is not a variable of the application';
      const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
      problems.add(`environment.${name} ${why}${hint}`, problems.removeVariable(name));
    } else if (variable.secret !== undefined) {
      problems.add(
        `environment.${name} is a secret in plain text`,
        `${problems.removeVariable(name)} && ${problems.setSecret(name)}`,
      );
    } else if (variable.setBy === 'infra') {
      problems.add(`environment.${name} is set by the infrastructure`, problems.removeVariable(name));
    } else {
      const unfit = valueProblem(value) ?? exposureOf(name, value);
      const mend = value.trim() === '' ? problems.removeVariable(name) : problems.setVariable(name);
      if (unfit !== undefined) problems.add(`environment.${name} ${unfit}`, mend);
    }
  }
  for (const [name, value] of Object.entries(set.held ?? {})) {
    if (plain[name] !== undefined && plain[name].trim() !== value)
      problems.add(
        `environment.${name} is another one than in a secret, which holds one too`,
        problems.removeVariable(name),
      );
  }
  for (const name of set.referring ?? []) {
    const variable = known.get(name);
    const why =
      variable === undefined
        ? 'is not a variable of the application'
        : variable.setBy === 'infra'
          ? 'is set by the infrastructure'
          : set.secrets.has(name) || name in plain
            ? 'has a value too'
            : undefined;
    if (why !== undefined) problems.add(`secretReferences.${name} ${why}`, problems.removeReference(name));
  }
  for (const variable of absent(set, keys)) {
    if (variable.secret !== undefined)
      problems.add(`the secret ${variable.name} is missing`, problems.setSecret(variable.name));
    else problems.add(`the variable ${variable.name} is missing`, problems.setVariable(variable.name));
  }
}

/** Returns the variables that the chosen adapters need and that have no value. */
export function absent(
  { plain, secrets, held, referring = [] }: SetVariables,
  keys: Pick<EnvironmentKeys, 'domain'>,
): readonly StackVariable[] {
  return missingVariables({
    ...Object.fromEntries([...secrets, ...referring].map((name) => [name, 'a secret'])),
    ...held,
    ...plain,
    ...(keys.domain === undefined ? {} : { PUBLIC_URL: `https://${keys.domain}` }),
  });
}
