import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Place } from './arn.ts';
import { policy, roleFor, type Statement, trustStatement } from './grant.ts';
import { PROJECT } from './names.ts';

/** The permissions to pull an image. GetAuthorizationToken has no resource type: the token is for the whole registry. */
export function pullStatements(repository: pulumi.Input<string>): readonly Statement[] {
  return [
    { Sid: 'LogInToRegistry', Action: ['ecr:GetAuthorizationToken'], Resource: '*' },
    {
      Sid: 'PullImages',
      Action: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:DescribeImages',
        'ecr:GetDownloadUrlForLayer',
      ],
      Resource: repository,
    },
  ];
}

export interface ServiceRolesArgs {
  readonly place: Place;
  readonly repositoryArn: pulumi.Input<string>;
}

/**
 * The roles that App Runner and ECS assume themselves. They are created here, long before a service needs them: App
 * Runner refuses an access role that is seconds old, and ECS never lets a service change its infrastructure role.
 */
export class ServiceRoles extends pulumi.ComponentResource {
  /** App Runner pulls images with it. */
  readonly accessRoleArn: pulumi.Output<string>;
  /** ECS Express Mode runs load balancer, certificate and scaling with it. */
  readonly infrastructureRoleArn: pulumi.Output<string>;

  constructor(name: string, args: ServiceRolesArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:ServiceRoles', name, {}, options);
    this.accessRoleArn = this.#access(args).arn;
    this.infrastructureRoleArn = this.#infrastructure(args).arn;
    this.registerOutputs({
      accessRoleArn: this.accessRoleArn,
      infrastructureRoleArn: this.infrastructureRoleArn,
    });
  }

  #access(args: ServiceRolesArgs): aws.iam.Role {
    const grant = { variables: {}, statements: pullStatements(args.repositoryArn) };
    return roleFor(
      'apprunner-access',
      {
        name: `${PROJECT}-apprunner-access`,
        description: 'App Runner pulls the images of ansari-whatsapp',
        service: 'build.apprunner.amazonaws.com',
        grants: [grant],
      },
      { parent: this },
    ).role;
  }

  #infrastructure({ place }: ServiceRolesArgs): aws.iam.Role {
    const role = new aws.iam.Role(
      'ecs-infrastructure',
      {
        name: `${PROJECT}-ecs-infrastructure`,
        description: 'ECS Express Mode manages load balancer, certificate and scaling',
        assumeRolePolicy: policy([trustStatement('ecs.amazonaws.com', place.account)]),
      },
      { parent: this },
    );
    new aws.iam.RolePolicyAttachment(
      'ecs-infrastructure',
      {
        role: role.name,
        policyArn:
          'arn:aws:iam::aws:policy/service-role/AmazonECSInfrastructureRoleforExpressGatewayServices',
      },
      { parent: role },
    );
    return role;
  }
}
