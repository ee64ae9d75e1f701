/** A stack with `BUSINESSES=mongodb`: the variables, permissions and network of its programs. */
import { describe, expect, it } from 'vitest';
import { readConfig } from '#app/config.ts';
import { record } from '#infra/cli/plan/record.ts';
import { kebabCase } from '#infra/variables.ts';
import { ENCRYPTED, environmentConfig, MANY_BUSINESSES, SECRETS } from './configurations.ts';
import { at, ENVIRONMENTS, ofType, one, RECORDINGS } from './graph.ts';
import { allows, permissionsOf, permits, statementsOf } from './iam.ts';
import { variablesOf } from './program-variables.ts';
import type { Name } from './record-all.ts';

/** Values of secrets, by variable. */
const SECRET: Readonly<Record<string, string | undefined>> = { ...SECRETS, ...MANY_BUSINESSES.keys };

const PROGRAMS = ['web service', 'worker'] as const;
const [SUBNETS, GROUPS] = [
  ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'],
  ['sg-0123456789abcdef0'],
];

/** The role that a program runs with. */
const ROLES: Partial<Record<Name, Readonly<Record<(typeof PROGRAMS)[number], string>>>> = {
  'staging with mongodb': { 'web service': 'web', worker: 'worker' },
  'production with mongodb': { 'web service': 'web-task', worker: 'worker-task' },
};
const MANY = ['staging with mongodb', 'production with mongodb'] as const;

const keyOf = (stack: unknown) => String(at(RECORDINGS.shared.outputs, 'keyArns', String(stack)));
const permissionsIn = (name: Name, program: (typeof PROGRAMS)[number]) =>
  permissionsOf(RECORDINGS[name], `ansari-whatsapp-${RECORDINGS[name].stack}-${ROLES[name]?.[program]}`);
const inContext = (context: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(context).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]));

describe.each(MANY)('many businesses: %s', (name) => {
  const { stack } = RECORDINGS[name];

  it('need neither number nor token of one business', () => {
    const parameters = ofType(name, 'aws:ssm/parameter:Parameter').map((parameter) => parameter.name);
    expect(parameters).toContain('mongodb-uri');
    expect(parameters).not.toContain('meta-business-phone-number-id');
    expect(parameters).not.toContain('meta-access-token-from-sys-user');
  });

  it('reach both programs, which start with what they get', () => {
    for (const program of PROGRAMS) {
      const values = variablesOf(RECORDINGS[name], program).map((variable) => {
        const { inputs } = one(name, 'aws:ssm/parameter:Parameter', kebabCase(variable));
        return [variable, inputs.type === 'SecureString' ? SECRET[variable] : String(inputs.insecureValue)];
      });
      expect(readConfig({ AWS_REGION: 'us-west-2', ...Object.fromEntries(values) }), program).toMatchObject({
        deployment: stack,
        businesses: { kind: 'mongodb', database: 'ansari', encryptionKeys: [{ id: 'k1' }] },
      });
    }
  });

  it('are decrypted with data keys of this service alone, under the key of the stack', () => {
    const ours = inContext({ service: 'ansari-whatsapp', purpose: 'businesses' });
    for (const program of PROGRAMS) {
      const isDecrypted = (resource: string, context: Readonly<Record<string, string>>) =>
        permits(permissionsIn(name, program), { action: 'kms:Decrypt', resource, context });
      expect(isDecrypted(keyOf(stack), ours), program).toBe(true);
      expect(isDecrypted(keyOf(stack), {}), program).toBe(false);
      expect(isDecrypted(keyOf(stack), { ...ours, ...inContext({ purpose: 'state' }) }), program).toBe(false);
      expect(isDecrypted(keyOf(stack === 'staging' ? 'production' : 'staging'), ours), program).toBe(false);
    }
  });

  it('run in the private network', () => {
    if (name === 'staging with mongodb') {
      const connector = one(name, 'aws:apprunner/vpcConnector:VpcConnector', 'web');
      expect(connector.inputs).toMatchObject({ subnets: SUBNETS, securityGroups: GROUPS });
      expect(one(name, 'aws:apprunner/service:Service', 'web').inputs.networkConfiguration).toMatchObject({
        ingressConfiguration: { isPubliclyAccessible: true },
        egressConfiguration: { egressType: 'VPC', vpcConnectorArn: connector.outputs.arn },
      });
      expect(one(name, 'aws:lambda/function:Function', 'worker').inputs.vpcConfig).toEqual({
        subnetIds: SUBNETS,
        securityGroupIds: GROUPS,
      });
    } else {
      expect(one(name, 'aws:ecs/service:Service', 'worker').inputs.networkConfiguration).toEqual({
        subnets: SUBNETS,
        securityGroups: GROUPS,
        assignPublicIp: false,
      });
      // Meta reaches the load balancer in the public subnets.
      const [network] = Object(
        one(name, 'aws:ecs/expressGatewayService:ExpressGatewayService', 'web').inputs.networkConfigurations,
      );
      expect(network.subnets).toEqual(['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1']);
    }
  });

  it('stay within the boundary', () => {
    const most = statementsOf(RECORDINGS.shared, one('shared', 'aws:iam/policy:Policy', `${stack}-boundary`));
    for (const program of PROGRAMS) {
      const granted = permissionsIn(name, program).filter(({ Effect }) => Effect === 'Allow');
      for (const { Action, Resource } of granted)
        for (const action of Action)
          for (const resource of Resource)
            expect(allows(most, action, resource), `${action} on ${resource}`).toBe(true);
    }
  });
});

describe('a function in a network', () => {
  const permissions = permissionsIn('staging with mongodb', 'worker');
  const interfaces = {
    action: 'ec2:CreateNetworkInterface',
    resource: 'arn:aws:ec2:us-west-2:123456789012:network-interface/*',
  };

  it('is joined to it by Lambda, and its code cannot do that', () => {
    expect(permits(permissions, { ...interfaces, context: {} })).toBe(true);
    const byItsCode = {
      'lambda:SourceFunctionArn':
        'arn:aws:lambda:us-west-2:123456789012:function:ansari-whatsapp-staging-worker',
    };
    expect(permits(permissions, { ...interfaces, context: byItsCode })).toBe(false);
    const describing = { action: 'ec2:DescribeNetworkInterfaces', resource: '*' };
    expect(permits(permissions, { ...describing, context: {} })).toBe(true);
    expect(permits(permissions, { ...describing, context: byItsCode })).toBe(false);
  });

  it('is rejected in subnets that give public addresses, before anything is created', async () => {
    const [open = ''] = SUBNETS;
    const { keys, plain } = MANY_BUSINESSES;
    const up = record({
      stack: 'staging',
      config: environmentConfig({ ...keys, environment: JSON.stringify(plain) }),
      encrypted: ENCRYPTED,
      references: { shared: RECORDINGS.shared.outputs },
      subnets: { byDefault: [], public: [open] },
    });
    await expect(up).rejects.toMatchObject({
      registered: 0,
      message: expect.stringContaining(`${open} of privateSubnets give public addresses`),
    });
  });
});

it.each(ENVIRONMENTS)('one business needs neither of these permissions: %s', (name) => {
  const { stack } = RECORDINGS[name];
  const statements = ofType(name, 'aws:iam/role:Role').flatMap(({ inputs }) =>
    permissionsOf(RECORDINGS[name], String(inputs.name)),
  );
  const context = inContext({ service: 'ansari-whatsapp', purpose: 'businesses' });
  expect(permits(statements, { action: 'kms:Decrypt', resource: keyOf(stack), context })).toBe(false);
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.startsWith('ec2:'))).toEqual(
    [],
  );
});
