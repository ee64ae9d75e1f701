/** Maps an operation of AWS to the decisions of IAM: actions, each on a resource, with the context of conditions. */
import * as z from 'zod';
import type { Operation } from './operation.ts';
import { ACCOUNT, REGION } from './place.ts';
import { resourcesOf } from './resources.ts';

export interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** Services whose prefix in IAM is not the name in the signature. */
const PREFIXES: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/**
 * Budgets distinguishes only reading and changing (Service Authorization Reference, "AWS Budget
 * Service"). Tags have actions of their own.
 */
function actionOf(service: string, name: string): string {
  if (service === 'budgets' && !/Tag/.test(name))
    return name.startsWith('Describe') ? 'budgets:ViewBudget' : 'budgets:ModifyBudget';
  return `${PREFIXES[service] ?? service}:${name}`;
}

/**
 * Tags that come with a creation need the right to tag as well (Service Authorization Reference, each service's page
 * on "tagging on creation").
 */
const TAGGING: Readonly<Record<string, string>> = {
  'budgets:ModifyBudget': 'budgets:TagResource',
  'cloudwatch:PutMetricAlarm': 'cloudwatch:TagResource',
  'dynamodb:CreateTable': 'dynamodb:TagResource',
  'ecr:CreateRepository': 'ecr:TagResource',
  'ecs:CreateCluster': 'ecs:TagResource',
  'ecs:CreateService': 'ecs:TagResource',
  'ecs:RegisterTaskDefinition': 'ecs:TagResource',
  'events:PutRule': 'events:TagResource',
  'iam:CreateOpenIDConnectProvider': 'iam:TagOpenIDConnectProvider',
  'iam:CreatePolicy': 'iam:TagPolicy',
  'iam:CreateRole': 'iam:TagRole',
  'kms:CreateKey': 'kms:TagResource',
  'lambda:CreateEventSourceMapping': 'lambda:TagResource',
  'lambda:CreateFunction': 'lambda:TagResource',
  'logs:CreateLogGroup': 'logs:TagResource',
  'sns:CreateTopic': 'sns:TagResource',
  'sqs:CreateQueue': 'sqs:TagQueue',
  'ssm:PutParameter': 'ssm:AddTagsToResource',
};

/** The values of earlier calls that a call needs; AWS reads them from the resource. */
interface Known {
  /** By role ARN. */
  readonly boundaries: Map<string, string>;
  /** By parameter ARN. */
  readonly keys: Map<string, string>;
  functionArn: string;
  /** The tag of the event source mapping. */
  environment: string;
}

/** Turns operations into calls, in the order in which they are made. */
export class Calls {
  readonly #known: Known = { boundaries: new Map(), keys: new Map(), functionArn: '', environment: '' };

  of(operation: Operation): readonly Call[] {
    const { service, name, input } = operation;
    // Every identity may call GetCallerIdentity.
    if (service === 'sts' && name === 'GetCallerIdentity') return [];
    const action = actionOf(service, name);
    const resources = resourcesOf(operation);
    const context = this.#context(action, resources[0] ?? '*', input);
    const tagging = hasTags(input) ? TAGGING[action] : undefined;
    return resources.flatMap((resource) => [
      { action, resource, context },
      ...(tagging === undefined ? [] : [this.#tagging(tagging, resource, input)]),
      ...this.#onBehalf(action, resource, input),
    ]);
  }

  #context(action: string, resource: string, input: Operation['input']): Record<string, string> {
    const { boundaries } = this.#known;
    const [service, verb = ''] = action.split(':');
    if (service === 'iam' && resource.includes(':role/')) {
      if (typeof input.PermissionsBoundary === 'string') boundaries.set(resource, input.PermissionsBoundary);
      const boundary = boundaries.get(resource);
      return boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary };
    }
    if (verb.endsWith('EventSourceMapping')) {
      if (typeof input.FunctionName === 'string') this.#known.functionArn = functionArn(input.FunctionName);
      return { 'lambda:FunctionArn': this.#known.functionArn };
    }
    if (resource.includes(':event-source-mapping:')) {
      return {
        ...(this.#known.environment === '' ? {} : { 'aws:ResourceTag/environment': this.#known.environment }),
        ...requestTag(input),
      };
    }
    if (typeof input.KeyId === 'string' && input.KeyId.startsWith('alias/'))
      return { 'kms:RequestAlias': input.KeyId };
    if (action === 'sns:Subscribe') return { 'sns:Protocol': String(input.Protocol) };
    if (action === 'lambda:AddPermission') return { 'lambda:Principal': String(input.Principal) };
    return {};
  }

  #tagging(action: string, resource: string, input: Operation['input']): Call {
    // A mapping has an ARN only after its creation.
    if (action !== 'lambda:TagResource' || resource !== '*') return { action, resource, context: {} };
    const context = requestTag(input);
    this.#known.environment = context['aws:RequestTag/environment'] ?? '';
    return {
      action,
      resource: `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:{id}`,
      context,
    };
  }

  /** What AWS does in the caller's name: it passes roles on, and uses keys. */
  #onBehalf(action: string, resource: string, input: Operation['input']): Call[] {
    if (typeof input.CopySource === 'string') {
      const source = `arn:aws:s3:::${input.CopySource.replace(/^\//, '')}`;
      return [{ action: 's3:GetObject', resource: source, context: {} }];
    }
    if (action.startsWith('lambda:') && typeof input.Role === 'string') {
      const context = { 'iam:PassedToService': 'lambda.amazonaws.com' };
      return [{ action: 'iam:PassRole', resource: input.Role, context }];
    }
    if (action === 'ecs:RegisterTaskDefinition')
      return [input.taskRoleArn, input.executionRoleArn]
        .filter((role) => typeof role === 'string')
        .map((role) => ({
          action: 'iam:PassRole',
          resource: role,
          context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
        }));
    const { keys } = this.#known;
    const context = { 'kms:ViaService': `ssm.${REGION}.amazonaws.com` };
    // Standard parameters are encrypted by the key itself (Systems Manager user guide, "AWS KMS encryption for Parameter
    // Store").
    if (action === 'ssm:PutParameter' && typeof input.KeyId === 'string') {
      keys.set(resource, input.KeyId);
      return [{ action: 'kms:Encrypt', resource: input.KeyId, context }];
    }
    const key = keys.get(resource);
    if (!action.startsWith('ssm:Get') || input.WithDecryption !== true || key === undefined) return [];
    return [{ action: 'kms:Decrypt', resource: key, context }];
  }
}

function hasTags(input: Operation['input']): boolean {
  return Object.entries(input).some(
    ([key, value]) =>
      /^(?:resource)?tags($|\.member\.)/i.test(key) && (typeof value !== 'object' || !isEmpty(value)),
  );
}

const isEmpty = (value: object | null) => value === null || Object.keys(value).length === 0;

const tags = z.object({ Tags: z.record(z.string(), z.string()) });

/** The tag `environment` that the request sets, if it does. */
function requestTag(input: Operation['input']): Record<string, string> {
  const environment = tags.safeParse(input).data?.Tags.environment;
  return environment === undefined ? {} : { 'aws:RequestTag/environment': environment };
}

function functionArn(name: string): string {
  return name.startsWith('arn:') ? name : `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
}
