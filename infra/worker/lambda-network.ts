/** The rights of a function in a VPC (AWS Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC"). */
import { arnOf, type Place } from '../arn.ts';
import type { Grant, Statement } from '../grant.ts';

/** On network interfaces that there are not yet, so that no single one can be named. */
const ON_INTERFACES = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:UnassignPrivateIpAddresses',
];
/** AWS knows no resources for these. */
const SEEING = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];

/** What the role of such a function may at most. */
export function joinNetwork(place: Place): readonly Statement[] {
  return [
    {
      Sid: 'JoinNetwork',
      Action: ON_INTERFACES,
      Resource: ['network-interface', 'security-group', 'subnet'].map((kind) =>
        arnOf(place, 'ec2', `${kind}/*`),
      ),
    },
    { Sid: 'SeeNetwork', Action: SEEING, Resource: '*' },
  ];
}

/**
 * Lambda joins the network with the role of the function. The code of the function has the same role and needs none of it:
 * its own calls carry `lambda:SourceFunctionArn`, and are denied.
 */
export function joiningNetwork(place: Place, functionName: string): Grant {
  const itself = arnOf(place, 'lambda', `function:${functionName}`);
  return {
    variables: {},
    statements: [
      ...joinNetwork(place),
      {
        Sid: 'JoinNetworkFromItsCode',
        Effect: 'Deny',
        Action: [...ON_INTERFACES, ...SEEING],
        Resource: '*',
        Condition: { ArnEquals: { 'lambda:SourceFunctionArn': itself } },
      },
    ],
  };
}
