/** The stacks whose calls are recorded. Another variant needs only another row. `RIGHTS_VARIANTS` chooses some. */
import { digest, MANY_BUSINESSES, PLAIN } from '../pulumi-settings.ts';

export interface Variant {
  /** The file of the recording: `staging-apprunner`. */
  readonly name: string;
  readonly stack: 'staging' | 'production';
  /** Everything that is optional, so that it is recorded too. */
  readonly config: Readonly<Record<string, string>>;
  readonly secret?: Readonly<Record<string, string>>;
  /** What an operator changes later: as much as can be changed without a new stack. */
  readonly changed: Readonly<Record<string, string>>;
}

const COMMON = { ...PLAIN, alarmEmail: 'operators@example.org' };
const CHANGED = {
  image: digest('2'),
  'environment.LOGGING_LEVEL': 'warn',
  alarmEmail: 'others@example.org',
  logRetentionDays: '60',
  workerConcurrency: '20',
  minSize: '2',
  maxSize: '5',
  memory: '4096',
};

/** Roles that an operator manages outside of this program. */
export const PASSABLE_ROLES = ['AnsariInstanceRole', 'AnsariAccessRole'].map(
  (name) => `arn:aws:iam::123456789012:role/${name}`,
);
const [instanceRoleArn = '', accessRoleArn = ''] = PASSABLE_ROLES;

const ALL: readonly Variant[] = [
  {
    name: 'staging-apprunner',
    stack: 'staging',
    config: {
      ...COMMON,
      ...MANY_BUSINESSES.plain,
      compute: 'apprunner',
      tracing: 'true',
      domain: 'whatsapp.example.org',
      'privateSubnets[0]': 'subnet-0123456789abcdef0',
      'securityGroups[0]': 'sg-0123456789abcdef0',
    },
    secret: MANY_BUSINESSES.secret,
    changed: { ...CHANGED, 'privateSubnets[1]': 'subnet-0123456789abcdef1' },
  },
  {
    name: 'staging-ecs-express',
    stack: 'staging',
    config: { ...COMMON, compute: 'ecs-express' },
    changed: CHANGED,
  },
  {
    name: 'staging-fargate',
    stack: 'staging',
    config: { ...COMMON, compute: 'apprunner', worker: 'fargate' },
    changed: { ...CHANGED, workerTasks: '2' },
  },
  {
    // The calls for an operator's own roles. Apart from names, production needs the same calls as staging.
    name: 'production-apprunner',
    stack: 'production',
    config: { ...COMMON, compute: 'apprunner', instanceRoleArn, accessRoleArn },
    changed: CHANGED,
  },
];

/** Names of variants, separated by spaces: only these are recorded. Each takes some minutes; absent, all are. */
const CHOSEN = process.env.RIGHTS_VARIANTS?.split(' ');

export const VARIANTS = ALL.filter(({ name }) => CHOSEN === undefined || CHOSEN.includes(name));
