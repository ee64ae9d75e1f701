import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParsedStatement } from '#infra/policies/documents.ts';
import { WITHOUT_RESOURCE } from '#infra/policies/least-privilege.ts';
import { STATE_BUCKET, stateKey } from './configurations.ts';
import { arnOf, at, ENVIRONMENTS, ofType, one, RECORDINGS, STACKS } from './graph.ts';
import { allows, permissionsOf, policiesOf, statementsOf, statementsOn } from './iam.ts';
import type { Name } from './record-all.ts';

type Environment = 'staging' | 'production';

/** Every action that any policy of any stack names. */
const ACTIONS = [
  ...new Set(
    STACKS.flatMap((name) =>
      RECORDINGS[name].resources.flatMap((resource) => statementsOf(RECORDINGS[name], resource)),
    )
      .flatMap(({ Action }) => Action)
      .filter((action) => action !== 'kms:*' && !WITHOUT_RESOURCE.has(action)),
  ),
];

const namesOf = (environment: Environment): Name[] => STACKS.filter((name) => name.startsWith(environment));

/** Returns the ARNs of one environment's resources: those of its own stack, and its own ones in the shared stack. */
function resourcesOf(environment: Environment): string[] {
  const own = namesOf(environment).flatMap((name) => RECORDINGS[name].resources.map(arnOf));
  const shared = [
    at(RECORDINGS.shared.outputs, 'keyArns', environment),
    at(RECORDINGS.shared.outputs, 'boundaryArns', environment),
    at(RECORDINGS.shared.outputs, 'alarmTopicArns', environment),
  ];
  const state = [
    `arn:aws:s3:::${STATE_BUCKET}/.pulumi/stacks/ansari-whatsapp/${environment}.json`,
    `arn:aws:s3:::${STATE_BUCKET}/.pulumi/history/ansari-whatsapp/${environment}/${environment}-1.history.json`,
    `arn:aws:s3:::${STATE_BUCKET}/.pulumi/locks/organization/ansari-whatsapp/${environment}/0.json`,
    stateKey(environment),
    `arn:aws:ssm:us-west-2:123456789012:parameter/ansari-whatsapp/${environment}/releases`,
    `arn:aws:iam::123456789012:role/ansari-whatsapp-deploy-${environment}`,
    `arn:aws:iam::123456789012:role/ansari-whatsapp-drift-${environment}`,
  ];
  const named = (arn: string) => arn.includes(environment);
  return [...new Set([...own, ...shared.map(String), ...state])].filter(named);
}

/** The AWS managed key of a service, by its alias. It is never the key of an environment. */
const isOfAwsKey = ({ Condition }: ParsedStatement) =>
  Condition.StringEquals?.['kms:RequestAlias']?.every((alias) => alias.startsWith('alias/aws/')) ?? false;

/** Returns the roles of one environment with all of their permissions. */
function rolesOf(environment: Environment) {
  const deploying = [`deploy-${environment}`, `drift-${environment}`];
  return [
    ...namesOf(environment).flatMap((name) =>
      ofType(name, 'aws:iam/role:Role').map(({ inputs }) => [String(inputs.name), name] as const),
    ),
    ...deploying.map((role) => [`ansari-whatsapp-${role}`, 'shared'] as const),
  ].map(([role, name]) => ({
    role,
    permissions: permissionsOf(RECORDINGS[name], role).filter((statement) => !isOfAwsKey(statement)),
  }));
}

/** Generates the ARN of a resource, or another one that begins with it. */
const resourceNear = (resources: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...resources), fc.constantFrom('', '/index/by-time', '-more', '/*', ':1'))
    .map((parts) => parts.join(''));

describe('permissions', () => {
  it.each<[Environment, Environment]>([
    ['staging', 'production'],
    ['production', 'staging'],
  ])('%s has no permissions on resources of %s', (from, to) => {
    const foreignResources = resourcesOf(to);
    expect(foreignResources.length).toBeGreaterThan(40);
    for (const { role, permissions } of rolesOf(from)) {
      for (const resource of foreignResources)
        expect(statementsOn(permissions, resource), `${role} and ${resource}`).toEqual([]);
    }
    fc.assert(
      fc.property(
        fc.constantFrom(...rolesOf(from)),
        fc.constantFrom(...ACTIONS),
        resourceNear(foreignResources),
        (holder, action, resource) => {
          expect(
            allows(holder.permissions, action, resource),
            `${holder.role}: ${action} on ${resource}`,
          ).toBe(false);
        },
      ),
      { numRuns: 4_000 },
    );
  });

  const roleOf = (name: Name, role: string) =>
    permissionsOf(RECORDINGS[name], `ansari-whatsapp-${RECORDINGS[name].stack}-${role}`);
  const webServiceOf = (name: Name) => roleOf(name, name.endsWith('apprunner') ? 'web' : 'web-task');
  const workerOf = (name: Name) =>
    permissionsOf(RECORDINGS[name], `ansari-whatsapp-${RECORDINGS[name].stack}-worker`);
  const tablesOf = (name: Name) => ofType(name, 'aws:dynamodb/table:Table').map(arnOf);
  const queueOf = (name: Name) => arnOf(one(name, 'aws:sqs/queue:Queue', 'turns'));

  it.each(ENVIRONMENTS)(
    'the web service writes messages and sends wake-ups, and can neither read histories nor receive: %s',
    (name) => {
      const webService = webServiceOf(name);
      expect(
        allows(webService, 'dynamodb:PutItem', arnOf(one(name, 'aws:dynamodb/table:Table', 'stage'))),
      ).toBe(true);
      expect(allows(webService, 'sqs:SendMessage', queueOf(name))).toBe(true);
      const reading = ['Query', 'Scan', 'PartiQLSelect', 'ExportTableToPointInTime'].map(
        (verb) => `dynamodb:${verb}`,
      );
      fc.assert(
        fc.property(fc.constantFrom(...reading), fc.constantFrom(...tablesOf(name)), (action, table) => {
          expect(allows(webService, action, table), `${action} on ${table}`).toBe(false);
        }),
      );
      for (const table of tablesOf(name)) {
        expect(allows(webService, 'dynamodb:Query', `${table}/index/by-time`)).toBe(
          !table.endsWith('trigger-lock'),
        );
      }
      const conversations = arnOf(one(name, 'aws:dynamodb/table:Table', 'conversations'));
      expect(allows(webService, 'dynamodb:DeleteItem', conversations)).toBe(false);
      for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue']) {
        expect(allows(webService, action, queueOf(name))).toBe(false);
      }
    },
  );

  it.each(ENVIRONMENTS)(
    'the worker receives wake-ups and writes replies, and has no administrative permissions: %s',
    (name) => {
      const worker = workerOf(name);
      for (const action of ['sqs:ReceiveMessage', 'sqs:SendMessage'])
        expect(allows(worker, action, queueOf(name))).toBe(true);
      for (const table of tablesOf(name)) expect(allows(worker, 'dynamodb:PutItem', table)).toBe(true);
      const forbidden = [
        'iam:PassRole',
        'sts:AssumeRole',
        'dynamodb:DeleteTable',
        'lambda:UpdateFunctionCode',
      ];
      const anything = RECORDINGS[name].resources.map(arnOf);
      fc.assert(
        fc.property(fc.constantFrom(...forbidden), resourceNear(anything), (action, resource) => {
          expect(allows(worker, action, resource), `${action} on ${resource}`).toBe(false);
        }),
      );
    },
  );

  it.each(ENVIRONMENTS)('the worker sends hand-offs, which neither program reads: %s', (name) => {
    const handOffs = arnOf(one(name, 'aws:sqs/queue:Queue', 'hand-offs'));
    expect(allows(workerOf(name), 'sqs:SendMessage', handOffs)).toBe(true);
    expect(allows(webServiceOf(name), 'sqs:SendMessage', handOffs)).toBe(false);
    for (const program of [workerOf(name), webServiceOf(name)])
      for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue'])
        for (const queue of [handOffs, `${handOffs}-dead`])
          expect(allows(program, action, queue)).toBe(false);
    const encrypting = workerOf(name).find(({ Sid }) => Sid === 'EncryptHandOffs');
    expect(encrypting?.Condition.StringEquals?.['kms:ViaService']).toEqual(['sqs.us-west-2.amazonaws.com']);
  });

  it.each(ENVIRONMENTS)('each program may read exactly the parameters that it needs: %s', (name) => {
    const parameter = (variable: string) => arnOf(one(name, 'aws:ssm/parameter:Parameter', variable));
    const starter = name.endsWith('apprunner')
      ? webServiceOf(name)
      : permissionsOf(RECORDINGS[name], `ansari-whatsapp-${RECORDINGS[name].stack}-web-start`);
    const [ofWebService, ofWorker] = [parameter('admin-token'), parameter('whatsapp-chat-retention-hours')];
    expect(allows(starter, 'ssm:GetParameters', ofWebService)).toBe(true);
    expect(allows(starter, 'ssm:GetParameters', ofWorker)).toBe(false);
    expect(allows(workerOf(name), 'ssm:GetParameters', ofWorker)).toBe(true);
    expect(allows(workerOf(name), 'ssm:GetParameters', ofWebService)).toBe(false);
  });

  it.each(ENVIRONMENTS)('the key decrypts only the parameters that are read: %s', (name) => {
    const secrets = ofType(name, 'aws:ssm/parameter:Parameter')
      .filter(({ inputs }) => inputs.type === 'SecureString')
      .map(arnOf);
    for (const program of ['web', 'worker']) {
      const role = program === 'web' && name.endsWith('express') ? 'web-start' : program;
      const permissions = permissionsOf(
        RECORDINGS[name],
        `ansari-whatsapp-${RECORDINGS[name].stack}-${role}`,
      );
      const reading = permissions.find(({ Sid }) => Sid === 'ReadParameters');
      const opening = permissions.find(({ Sid }) => Sid === 'DecryptParameters');
      const opened = opening?.Condition.StringEquals?.['kms:EncryptionContext:PARAMETER_ARN'];
      expect(opened).toEqual(reading?.Resource.filter((arn) => secrets.includes(arn)));
      expect(opened?.length).toBeGreaterThan(3);
      expect(reading?.Resource.length).toBeGreaterThan(5);
    }
  });

  it.each(ENVIRONMENTS)(
    'every role has permissions within the boundary of its environment only: %s',
    (name) => {
      const boundary = at(RECORDINGS.shared.outputs, 'boundaryArns', RECORDINGS[name].stack);
      const most = statementsOf(
        RECORDINGS.shared,
        one('shared', 'aws:iam/policy:Policy', `${RECORDINGS[name].stack}-boundary`),
      );
      const roles = ofType(name, 'aws:iam/role:Role');
      expect(roles.length).toBeGreaterThan(1);
      for (const role of roles) {
        expect(role.inputs.permissionsBoundary).toBe(boundary);
        for (const { Action, Resource } of permissionsOf(RECORDINGS[name], String(role.inputs.name))) {
          for (const action of Action) {
            for (const resource of Resource)
              expect(allows(most, action, resource), `${action} on ${resource}`).toBe(true);
          }
        }
      }
    },
  );

  it.each(ENVIRONMENTS)('ECS assumes a role for this account only: %s', (name) => {
    const roles = ofType(name, 'aws:iam/role:Role').filter(({ inputs }) =>
      String(inputs.assumeRolePolicy).includes('ecs-tasks.amazonaws.com'),
    );
    expect(roles.length > 0).toBe(/ecs|fargate/.test(name));
    for (const { inputs } of roles) {
      const trust: unknown = JSON.parse(String(inputs.assumeRolePolicy));
      const condition = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
      expect(at(trust, 'Statement', 0)).toMatchObject({ Condition: condition });
    }
  });

  it.each(ENVIRONMENTS)(
    'a changed trust policy replaces the role, since a deployment may not change it: %s',
    (name) => {
      for (const role of ofType(name, 'aws:iam/role:Role')) {
        expect(role.replaceOnChanges, role.name).toEqual(['assumeRolePolicy']);
        expect(role.deleteBeforeReplace, role.name).toBe(true);
      }
      const permissions = permissionsOf(
        RECORDINGS.shared,
        `ansari-whatsapp-deploy-${RECORDINGS[name].stack}`,
      );
      expect(permissions.flatMap(({ Action }) => Action)).not.toContain('iam:UpdateAssumeRolePolicy');
    },
  );

  it('a deployment creates roles with the boundary only, and passes them to their services only', () => {
    for (const environment of ['staging', 'production'] as const) {
      const permissions = permissionsOf(RECORDINGS.shared, `ansari-whatsapp-deploy-${environment}`);
      for (const { Action, Condition } of permissions) {
        if (Action.includes('iam:CreateRole') || Action.includes('iam:PutRolePolicy')) {
          expect(Condition.ArnEquals?.['iam:PermissionsBoundary']).toEqual([
            at(RECORDINGS.shared.outputs, 'boundaryArns', environment),
          ]);
        }
      }
      expect(permissions.flatMap(({ Action }) => Action)).not.toContain('iam:DeleteRolePermissionsBoundary');
      expect(
        allows(
          permissions,
          'iam:PassRole',
          `arn:aws:iam::123456789012:role/ansari-whatsapp-deploy-${environment}`,
        ),
      ).toBe(false);
    }
  });

  it.each(['staging', 'production'] as const)(
    'a deployment of %s subscribes mail addresses to its own topic, and changes no subscription',
    (environment) => {
      const permissions = permissionsOf(RECORDINGS.shared, `ansari-whatsapp-deploy-${environment}`);
      const ofSns = permissions.filter(({ Action }) => Action.some((action) => action.startsWith('sns:')));
      expect(ofSns.flatMap(({ Action }) => Action).sort()).toEqual([
        'sns:GetSubscriptionAttributes',
        'sns:Subscribe',
      ]);
      expect(ofSns.find(({ Action }) => Action.includes('sns:Subscribe'))).toMatchObject({
        Resource: [at(RECORDINGS.shared.outputs, 'alarmTopicArns', environment)],
        Condition: { StringEquals: { 'sns:Protocol': ['email'] } },
      });
    },
  );

  it('a deployment of production cannot delete resources with data', () => {
    const permissions = permissionsOf(RECORDINGS.shared, 'ansari-whatsapp-deploy-production');
    for (const table of tablesOf('production on apprunner'))
      expect(allows(permissions, 'dynamodb:DeleteTable', table)).toBe(false);
    expect(allows(permissions, 'sqs:DeleteQueue', queueOf('production on apprunner'))).toBe(false);
  });

  it.each(['drift-staging', 'drift-production'])('%s may not write, and may not read logs', (role) => {
    const permissions = permissionsOf(RECORDINGS.shared, `ansari-whatsapp-${role}`);
    const verbs = permissions.flatMap(({ Action }) => Action).map((action) => action.split(':')[1] ?? '');
    expect(verbs.filter((verb) => !/^(Get|List|Describe)/.test(verb))).toEqual([]);
    expect(verbs.filter((verb) => /^Get(Log|Object.+)/.test(verb))).toEqual([]);
  });

  it.each(['staging', 'production'] as const)(
    'the drift role of %s may make the calls of a refresh',
    (environment) => {
      const permissions = permissionsOf(RECORDINGS.shared, `ansari-whatsapp-drift-${environment}`);
      const readActions: Readonly<Record<string, string>> = {
        'aws:apprunner/service:Service': 'apprunner:DescribeService',
        'aws:dynamodb/table:Table': 'dynamodb:DescribeTable',
        'aws:iam/role:Role': 'iam:GetRole',
        'aws:lambda/function:Function': 'lambda:GetFunction',
        'aws:sqs/queue:Queue': 'sqs:GetQueueAttributes',
      };
      // Parameters are compared by this call, which has no resource type.
      expect(allows(permissions, 'ssm:DescribeParameters', '*')).toBe(true);
      for (const [type, action] of Object.entries(readActions)) {
        const there = ofType(`${environment} on apprunner`, type);
        expect(there.length, type).toBeGreaterThan(0);
        for (const resource of there)
          expect(allows(permissions, action, arnOf(resource)), `${action} on ${resource.name}`).toBe(true);
      }
    },
  );

  it.each(['staging', 'production'] as const)(
    'a deployment of %s reads the logs of its own stack only',
    (environment) => {
      const permissions = permissionsOf(RECORDINGS.shared, `ansari-whatsapp-deploy-${environment}`);
      const group = (name: string) => `arn:aws:logs:us-west-2:123456789012:log-group:${name}:*`;
      for (const name of [
        `/aws/apprunner/ansari-whatsapp-${environment}/0123456789abcdef/application`,
        `/ansari-whatsapp/${environment}/web`,
        `/ansari-whatsapp/${environment}/worker`,
      ]) {
        expect(allows(permissions, 'logs:FilterLogEvents', group(name)), name).toBe(true);
      }
      for (const name of ['/aws/lambda/another', '/aws/apprunner/another/0123456789abcdef/application'])
        expect(allows(permissions, 'logs:FilterLogEvents', group(name)), name).toBe(false);
    },
  );

  it.each(['staging', 'production'] as const)(
    'the secrets of %s can be decrypted by jobs of its own environment only',
    (environment) => {
      const parameters = ofType(`${environment} on apprunner`, 'aws:ssm/parameter:Parameter').map(arnOf);
      const keys = [String(at(RECORDINGS.shared.outputs, 'keyArns', environment)), stateKey(environment)];
      const opens = (role: string) => {
        const permissions = permissionsOf(RECORDINGS.shared, role);
        return (
          keys.some((key) => allows(permissions, 'kms:Decrypt', key)) ||
          ['GetParameter', 'GetParameters', 'GetParametersByPath', 'GetParameterHistory'].some((verb) =>
            parameters.some((parameter) => allows(permissions, `ssm:${verb}`, parameter)),
          )
        );
      };
      const roles = ofType('shared', 'aws:iam/role:Role')
        .filter(({ inputs }) => String(inputs.assumeRolePolicy).includes('AssumeRoleWithWebIdentity'))
        .map(({ inputs }) => String(inputs.name));
      expect(roles.length).toBeGreaterThan(4);
      expect(roles.filter(opens)).toEqual([`ansari-whatsapp-deploy-${environment}`]);
    },
  );

  /** IAM user guide, "IAM and AWS STS quotas". White space does not count there. */
  const QUOTAS = { managed: 6_144, inlineOfRole: 10_240, attachedToRole: 10 };

  it.each(STACKS)('is at most 90 % of the size limit of IAM: %s', (name) => {
    const spared = (quota: number) => quota * 0.9;
    const lengthOf = (policy: unknown) => JSON.stringify(JSON.parse(String(policy))).length;
    for (const { inputs } of ofType(name, 'aws:iam/role:Role')) {
      const role = String(inputs.name);
      const policies = policiesOf(RECORDINGS[name], role);
      const inline = policies.filter(({ type }) => type === 'aws:iam/rolePolicy:RolePolicy');
      const total = inline.reduce((sum, policy) => sum + lengthOf(policy.inputs.policy), 0);
      expect(total, role).toBeLessThan(spared(QUOTAS.inlineOfRole));
      expect(policies.length - inline.length, role).toBeLessThan(spared(QUOTAS.attachedToRole));
    }
    for (const { inputs } of ofType(name, 'aws:iam/policy:Policy'))
      expect(lengthOf(inputs.policy), String(inputs.name)).toBeLessThan(spared(QUOTAS.managed));
  });

  it('is attached to the deploy roles as managed policies', () => {
    const names = policiesOf(RECORDINGS.shared, 'ansari-whatsapp-deploy-production').map(
      ({ inputs }) => inputs.name,
    );
    expect(names.toSorted()).toEqual(
      ['data', 'releases', 'roles', 'state', 'task', 'web', 'worker'].map(
        (part) => `ansari-whatsapp-deploy-production-${part}`,
      ),
    );
  });
});
