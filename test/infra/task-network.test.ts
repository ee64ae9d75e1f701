import { expect, it } from 'vitest';
import { record } from '#infra/cli/plan/record.ts';
import { ENCRYPTED, environmentConfig } from './configurations.ts';
import { at, RECORDINGS } from './graph.ts';

const ONE = 'subnet-0000000000000000a';
const TWO = 'subnet-0000000000000000b';

/** The network of the worker's service in an account with these subnets. */
async function networkOf(
  keys: Readonly<Record<string, string>>,
  subnets: { readonly byDefault?: readonly string[]; readonly public?: readonly string[] },
) {
  const { resources } = await record({
    stack: 'staging',
    config: environmentConfig({ worker: 'fargate', ...keys }),
    encrypted: ENCRYPTED,
    references: { shared: RECORDINGS.shared.outputs },
    subnets: { byDefault: [], public: [], ...subnets },
  });
  const service = resources.find(({ type }) => type === 'aws:ecs/service:Service');
  return at(service?.inputs, 'networkConfiguration');
}
const own = { subnets: JSON.stringify([ONE, TWO]), securityGroups: '["sg-0123456789abcdef0"]' };

it('uses the default VPC, with the subnets in a stable order', async () => {
  expect(await networkOf({}, { byDefault: [TWO, ONE] })).toEqual({
    subnets: [ONE, TWO],
    securityGroups: [],
    assignPublicIp: true,
  });
});

it('uses the configured subnets, with a public address when they assign one', async () => {
  const common = { subnets: [ONE, TWO], securityGroups: ['sg-0123456789abcdef0'] };
  expect(await networkOf(own, {})).toEqual({ ...common, assignPublicIp: false });
  expect(await networkOf(own, { public: [ONE, TWO] })).toEqual({ ...common, assignPublicIp: true });
});

it('fails before anything is created without subnets, or with public and private ones', async () => {
  await expect(networkOf({}, {})).rejects.toMatchObject({
    registered: 0,
    message: expect.stringContaining('aws ec2 create-default-vpc'),
  });
  await expect(networkOf(own, { public: [ONE] })).rejects.toMatchObject({
    registered: 0,
    message: expect.stringContaining('Name subnets of one kind: pulumi config set'),
  });
});
