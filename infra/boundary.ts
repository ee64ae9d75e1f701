import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from './arn.ts';
import { policy, type Statement } from './grant.ts';
import { encryptThroughQueue } from './hand-off-queue.ts';
import { type EnvironmentName, PROJECT, parametersPath, serviceName } from './names.ts';
import { namesIn, namingStatements, readingStatements } from './secret-references.ts';
import { pullStatements } from './service-roles.ts';
import { WRITE_TRACES } from './telemetry.ts';
import { joinNetworkStatements } from './worker/lambda-network.ts';

export interface BoundaryArgs {
  readonly environment: EnvironmentName;
  readonly place: Place;
  readonly keyArn: pulumi.Input<string>;
  readonly repositoryArn: pulumi.Input<string>;
  /** Secrets, parameters and keys that exist already, and that the programs may read. */
  readonly secretArns: readonly string[];
}

/**
 * The permissions boundary of an environment's roles. A deployment can create roles, but the boundary limits them to the
 * environment's own resources, whatever their own policies allow.
 */
export class Boundary extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: BoundaryArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:Boundary', name, {}, options);
    const made = new aws.iam.Policy(
      name,
      {
        name: `${PROJECT}-boundary-${args.environment}`,
        description: `Permissions boundary of the roles of ${serviceName(args.environment)}`,
        policy: policy(maxPermissions(args)),
      },
      { parent: this },
    );
    this.arn = made.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

function maxPermissions({
  environment,
  place,
  keyArn,
  repositoryArn,
  secretArns,
}: BoundaryArgs): Statement[] {
  const service = serviceName(environment);
  return [
    {
      Sid: 'ReadItsParameters',
      Action: ['ssm:GetParameters'],
      Resource: arnOf(place, 'ssm', `parameter${parametersPath(environment)}/*`),
    },
    ...readingStatements(secretArns, place.region),
    ...namingStatements(namesIn(secretArns), place),
    { Sid: 'OpenThemWithItsKey', Action: ['kms:Decrypt'], Resource: keyArn },
    {
      Sid: 'WorkOnItsTables',
      Action: [
        'dynamodb:BatchGetItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:Scan',
        'dynamodb:UpdateItem',
      ],
      Resource: arnOf(place, 'dynamodb', `table/${service}-*`),
    },
    {
      Sid: 'UseItsQueue',
      Action: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ],
      Resource: arnOf(place, 'sqs', `${service}-turns`),
    },
    { Sid: 'HandOff', Action: ['sqs:SendMessage'], Resource: arnOf(place, 'sqs', `${service}-hand-offs`) },
    encryptThroughQueue('EncryptHandOffs', { place, keyArn }),
    {
      Sid: 'WriteItsLogs',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: arnOf(place, 'logs', `log-group:/${PROJECT}/${environment}/*`),
    },
    WRITE_TRACES,
    ...joinNetworkStatements(place),
    ...pullStatements(repositoryArn),
  ];
}
