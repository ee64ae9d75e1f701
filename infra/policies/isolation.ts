/** Environments share an account: no role of one environment may change what another one depends on. */
import { ENVIRONMENTS, type EnvironmentName } from '../names.ts';
import { releasesParameter } from '../releases.ts';
import { isOnResource, type ParsedStatement, statementsIn } from './documents.ts';
import type { CheckedResource, Rule } from './rule.ts';

/** The owner of a policy: one environment, or the build job, which runs for every environment. */
type Owner = EnvironmentName | 'build';

/** Services whose resources are named after their environment, so that an ARN shows the environment. */
const SERVICES_WITH_NAMED_RESOURCES = ['dynamodb', 's3', 'sns', 'sqs', 'ssm'];

/** The only write actions on the shared repository: they add images. Digests never change, and tags are not trusted. */
const IMAGE_PUSH_ACTIONS: ReadonlySet<string> = new Set([
  'ecr:CompleteLayerUpload',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
]);

const READ_ACTION = /^[a-z0-9-]+:(Batch(Check|Get)|Describe|Filter|Get|List|Query|Scan)/;

/** A pull request's preview reads staging, and every user who can push a branch can run code with it. */
function ownerOf({ type, name, stack }: CheckedResource): Owner | undefined {
  if (type !== 'aws:iam/rolePolicy:RolePolicy' && type !== 'aws:iam/policy:Policy') return undefined;
  const named = ENVIRONMENTS.find((environment) => environment === stack || name.includes(environment));
  if (named !== undefined) return named;
  if (name.includes('build-push')) return 'build';
  return name.includes('preview') ? 'staging' : undefined;
}

function writesOf({ Action }: ParsedStatement): readonly string[] {
  return Action.filter((action) => !READ_ACTION.test(action));
}

/** Returns true when the resource, possibly a pattern, matches this environment only. */
function belongsTo(owner: Owner, resource: string): boolean {
  const [, name = ''] = /^arn:aws:[^:]+:[^:]*:[^:]*:(.*)$/.exec(resource) ?? [];
  const own = new RegExp(`(^|[-/])${owner}([-./*:]|$)`);
  return (
    owner !== 'build' &&
    own.test(name) &&
    !ENVIRONMENTS.some((other) => other !== owner && name.includes(other))
  );
}

function violationsIn(owner: Owner, statement: ParsedStatement): string[] {
  return writesOf(statement).flatMap((action) => {
    const service = action.slice(0, action.indexOf(':'));
    if (service === 'ecr') return IMAGE_PUSH_ACTIONS.has(action) ? [] : [action];
    if (!SERVICES_WITH_NAMED_RESOURCES.includes(service)) return [];
    return statement.Resource.filter((resource) => !belongsTo(owner, resource)).map(
      (on) => `${action} on ${on}`,
    );
  });
}

/** Returns true unless an owner tags images without a parameter of its own for its verdicts. */
function hasOwnVerdicts(owner: Owner, statements: readonly ParsedStatement[]): boolean {
  if (owner === 'build' || !statements.some(({ Action }) => Action.includes('ecr:PutImage'))) return true;
  return statements.some(
    ({ Action, Resource }) =>
      Action.includes('ssm:PutParameter') &&
      Resource.some((resource) => resource.endsWith(`:parameter${releasesParameter(owner)}`)),
  );
}

export const isolation: readonly Rule[] = [
  {
    name: 'environments-are-isolated',
    description:
      'A role of one environment changes nothing that another one depends on: parameters, topics, queues, tables, state, images.',
    check: (resource) => {
      const owner = ownerOf(resource);
      if (owner === undefined) return [];
      return statementsIn(resource)
        .filter((statement) => statement.Effect === 'Allow' && !isOnResource(statement))
        .flatMap((statement) => violationsIn(owner, statement))
        .map((wrong) => `lets ${owner} do ${wrong}`);
    },
  },
  {
    name: 'tags-need-a-verdict',
    description:
      'All environments tag images in one repository, so a role that tags images keeps its verdicts in a parameter of its own.',
    check: (resource) => {
      const owner = ownerOf(resource);
      if (owner === undefined || hasOwnVerdicts(owner, statementsIn(resource))) return [];
      return [
        `lets ${owner} tag images without a verdict of its own: no ssm:PutParameter on ${releasesOf(owner)}`,
      ];
    },
  },
];

function releasesOf(owner: Owner): string {
  return owner === 'build' ? 'anything' : releasesParameter(owner);
}
