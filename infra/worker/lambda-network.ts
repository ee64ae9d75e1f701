/** The permissions of a function in a VPC (AWS Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC"). */
import { arnOf, type Place } from '../arn.ts';
import type { Grant, Statement } from '../grant.ts';

/** The network interfaces do not exist yet, so that no single one can be named. */
const INTERFACE_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:UnassignPrivateIpAddresses',
];
/** These actions have no resource type. */
const DESCRIBE_ACTIONS = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];

/** Returns the statements for the boundary and the role of such a function. */
export function joinNetworkStatements(place: Place): readonly Statement[] {
  return [
    {
      Sid: 'JoinNetwork',
      Action: INTERFACE_ACTIONS,
      Resource: ['network-interface', 'security-group', 'subnet'].map((kind) =>
        arnOf(place, 'ec2', `${kind}/*`),
      ),
    },
    { Sid: 'SeeNetwork', Action: DESCRIBE_ACTIONS, Resource: '*' },
  ];
}

/**
 * Lambda joins the network with the role of the function. The code of the function has the same role and needs none of it:
 * its own calls carry `lambda:SourceFunctionArn`, and are denied.
 */
export function joinNetworkGrant(place: Place, functionName: string): Grant {
  const itself = arnOf(place, 'lambda', `function:${functionName}`);
  return {
    variables: {},
    statements: [
      ...joinNetworkStatements(place),
      {
        Sid: 'JoinNetworkFromItsCode',
        Effect: 'Deny',
        Action: [...INTERFACE_ACTIONS, ...DESCRIBE_ACTIONS],
        Resource: '*',
        Condition: { ArnEquals: { 'lambda:SourceFunctionArn': itself } },
      },
    ],
  };
}
