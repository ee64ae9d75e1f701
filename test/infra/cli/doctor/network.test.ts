import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkEcsRoles } from '#infra/cli/doctor/ecs-roles.ts';
import { checkNetwork } from '#infra/cli/doctor/network.ts';
import { checkPrivateNetwork } from '#infra/cli/doctor/private-network.ts';
import { FakeAccount } from '../../../fakes/aws/account.ts';

let account: FakeAccount;
beforeEach(async () => {
  account = new FakeAccount();
  await account.start();
});
afterEach(() => account.close());

const network = (subnets?: readonly string[], securityGroups: readonly string[] = []) =>
  checkNetwork({
    stack: 'staging',
    access: account.access,
    ...(subnets === undefined ? {} : { subnets: JSON.stringify(subnets) }),
    ...(securityGroups.length === 0 ? {} : { securityGroups: JSON.stringify(securityGroups) }),
  });
const OWN = ['subnet-0000000a', 'subnet-0000000b'];

describe('the network of ECS Express Mode', () => {
  beforeEach(() => {
    account.ec2.subnets.set('subnet-0000000a', { vpc: 'vpc-own', zone: 'us-west-2a', gateway: 'igw-2' });
    account.ec2.subnets.set('subnet-0000000b', { vpc: 'vpc-own', zone: 'us-west-2b', gateway: 'igw-2' });
    account.ec2.groups.set('sg-0000000a', 'vpc-own');
  });

  it('is the default VPC when no subnets are set', async () => {
    expect(await network()).toMatchObject({
      outcome: 'good',
      message: expect.stringContaining('vpc-default'),
    });
  });

  it('is missing in an account without a default VPC; both commands are printed', async () => {
    account.ec2.defaultVpc = undefined;
    expect(await network()).toMatchObject({
      outcome: 'bad',
      message: expect.stringContaining('there is no default VPC in us-west-2'),
      fix: expect.stringMatching(
        /^aws ec2 create-default-vpc --region us-west-2\npulumi config set subnets '\["subnet-<id>","subnet-<id>"\]' --stack staging$/,
      ),
    });
  });

  it('is the configured subnets and security groups', async () => {
    account.ec2.defaultVpc = undefined;
    expect(await network(OWN, ['sg-0000000a'])).toEqual({
      name: 'network',
      outcome: 'good',
      message: '2 subnets of vpc-own in us-west-2a, us-west-2b, reached from the internet',
    });
  });

  it.each<[string, () => void, readonly string[], readonly string[], string]>([
    [
      'a subnet that is not there',
      () => {},
      ['subnet-0000000a', 'subnet-99999999'],
      [],
      "'subnet-99999999' does not exist (in us-west-2)",
    ],
    ['two VPCs', () => {}, ['subnet-0000000a', 'subnet-00000002'], [], 'several VPCs: vpc-default, vpc-own'],
    [
      'one Availability Zone',
      () => account.ec2.subnets.set('subnet-0000000b', { vpc: 'vpc-own', zone: 'us-west-2a' }),
      OWN,
      [],
      '2 subnets of vpc-own in us-west-2a: a load balancer needs two Availability Zones',
    ],
    [
      'a private subnet beside a public one',
      () =>
        account.ec2.subnets.set('subnet-0000000b', { vpc: 'vpc-own', zone: 'us-west-2b', gateway: 'nat-1' }),
      OWN,
      [],
      'subnet-0000000b without a route to an internet gateway: Meta could not reach',
    ],
    ['a group that is not there', () => {}, OWN, ['sg-99999999'], "'sg-99999999' does not exist"],
    [
      'a group of another VPC',
      () => account.ec2.groups.set('sg-0000000a', 'vpc-default'),
      OWN,
      ['sg-0000000a'],
      "sg-0000000a of another VPC than the subnets'",
    ],
  ])('is bad with %s', async (_, arrange, subnets, groups, message) => {
    arrange();
    const finding = await network(subnets, groups);
    expect(finding).toMatchObject({ outcome: 'bad', message: expect.stringContaining(message) });
    expect(finding.fix).toMatch(/--stack staging$/);
  });

  it('uses the main route table for a subnet without an association', async () => {
    account.ec2.mainGateway = 'local';
    expect(await network()).toMatchObject({
      outcome: 'bad',
      message: expect.stringContaining('subnet-00000001'),
    });
    expect(await network(OWN)).toMatchObject({ outcome: 'good' });
  });

  it('is skipped without permissions, or with an invalid configuration', async () => {
    expect(await checkNetwork({ stack: 'staging', subnets: 'abc', access: account.access })).toMatchObject({
      outcome: 'skipped',
    });
    account.refused.add('DescribeRouteTables');
    expect(await network()).toMatchObject({
      outcome: 'skipped',
      message: expect.stringContaining('ec2:DescribeRouteTables'),
    });
  });
});

describe('the private network', () => {
  const inner = (subnets: readonly string[] = OWN, groups = ['sg-0000000a']) =>
    checkPrivateNetwork({
      stack: 'staging',
      privateSubnets: JSON.stringify(subnets),
      securityGroups: JSON.stringify(groups),
      access: account.access,
    });
  beforeEach(() => {
    account.ec2.subnets.set('subnet-0000000a', { vpc: 'vpc-own', zone: 'us-west-2a', gateway: 'nat-1' });
    account.ec2.subnets.set('subnet-0000000b', { vpc: 'vpc-own', zone: 'us-west-2b', gateway: 'nat-1' });
    account.ec2.groups.set('sg-0000000a', 'vpc-own');
  });

  it('is good where a NAT leads to the internet', async () => {
    expect(await inner()).toEqual({
      name: 'private network',
      outcome: 'good',
      message: '2 subnets of vpc-own in us-west-2a, us-west-2b',
    });
    expect(await inner(['subnet-0000000a'])).toMatchObject({
      outcome: 'warning',
      message: 'one subnet of vpc-own in us-west-2a alone, so it fails with that Availability Zone',
    });
  });

  it.each<[string, () => void, readonly string[], string]>([
    [
      'a subnet behind an internet gateway',
      () => account.ec2.subnets.set('subnet-0000000b', { vpc: 'vpc-own', zone: 'us-west-2b' }),
      OWN,
      'subnet-0000000b lead to an internet gateway, and the programs have no public address',
    ],
    [
      'a subnet without a way out',
      () =>
        account.ec2.subnets.set('subnet-0000000b', { vpc: 'vpc-own', zone: 'us-west-2b', gateway: 'none' }),
      OWN,
      'subnet-0000000b lead nowhere: Meta and the assistant could not be reached',
    ],
    ['two VPCs', () => {}, ['subnet-0000000a', 'subnet-00000002'], 'several VPCs: vpc-default, vpc-own'],
    ['a subnet that is not there', () => {}, ['subnet-99999999'], "'subnet-99999999' does not exist"],
    [
      'a group of another VPC',
      () => account.ec2.groups.set('sg-0000000a', 'vpc-default'),
      OWN,
      "sg-0000000a of another VPC than the subnets'",
    ],
  ])('is bad with %s', async (_, arrange, subnets, message) => {
    arrange();
    const finding = await inner(subnets);
    expect(finding).toMatchObject({
      name: 'private network',
      outcome: 'bad',
      message: expect.stringContaining(message),
    });
    expect(finding.fix).toMatch(/pulumi config .* --stack staging$/);
  });

  it('is left alone where it may not be looked at, or is not configured as it should be', async () => {
    expect(await inner(['abc'])).toMatchObject({ outcome: 'skipped' });
    account.refused.add('DescribeRouteTables');
    expect(await inner()).toMatchObject({ outcome: 'skipped' });
  });
});

describe('the service-linked roles of ECS', () => {
  it('are reported with the command that creates them', async () => {
    const roles = await checkEcsRoles(account.access);
    expect(roles).toMatchObject({ outcome: 'warning' });
    expect(roles.fix).toContain(
      'aws iam create-service-linked-role --aws-service-name elasticloadbalancing.amazonaws.com',
    );
  });

  it('are skipped without permissions', async () => {
    account.refused.add('GetRole');
    expect(await checkEcsRoles(account.access)).toMatchObject({ outcome: 'skipped' });
  });
});
