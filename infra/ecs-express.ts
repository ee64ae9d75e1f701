import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { deployedImage } from './deployed-image.ts';
import { inOrder, starting } from './ecs-task.ts';
import { roleFor } from './grant.ts';
import { PROJECT, parametersPath, serviceName } from './names.ts';
import { programLogGroup } from './telemetry.ts';
import { HEALTH_PATH, type Metric, PORT, type WebService, type WebServiceArgs } from './web-service.ts';
import { type RoleUse, type WebServiceRole, webServiceRole } from './web-service-role.ts';

export interface EcsExpressArgs extends WebServiceArgs {
  readonly infrastructureRoleArn: pulumi.Input<string>;
  readonly repositoryArn: pulumi.Input<string>;
  readonly logRetentionDays: number;
  /** Absent: those of the default VPC, with a security group that Express Mode creates. */
  readonly network?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] };
}

/**
 * The web service on Amazon ECS Express Mode, for accounts that cannot use App Runner: the same container with the same
 * permissions. Express Mode manages the load balancer and its certificate, which the services of an account share.
 */
export class EcsExpressService extends pulumi.ComponentResource implements WebService {
  readonly url: pulumi.Output<string>;
  readonly serviceArn: pulumi.Output<string>;
  readonly image: pulumi.Output<string>;
  readonly logGroup: pulumi.Output<string>;
  readonly failures: Metric;
  readonly latency: Metric & { readonly unit: 'ms' };

  constructor(name: string, args: EcsExpressArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:EcsExpressService', name, {}, options);
    const logs = programLogGroup(name, 'web', args, { parent: this });
    const execution = this.#executionRole(name, args, logs);
    const task = this.#taskRole(name, args);
    const service = this.#service(name, args, { logs, execution, task });

    this.url = service.ingressPaths.apply((paths) => `https://${hostOf(paths[0]?.endpoint ?? '')}`);
    this.serviceArn = service.serviceArn;
    // Express Mode rolls back a deployment whose alarms go off; the image that then runs is the old one.
    const running = service.primaryContainer.apply(({ image }) => image);
    this.image = deployedImage(args.image, running);
    this.logGroup = logs.name;
    // The load balancer is not ours and its name not known, so the application's own lines are counted.
    this.failures = this.#fromLog(name, args, 'Failures', '{ $.status >= 500 }', '1');
    this.latency = {
      ...this.#fromLog(name, args, 'Latency', '{ $.status = * && $.ms = * }', '$.ms'),
      unit: 'ms',
    };
    this.registerOutputs({ url: this.url, serviceArn: this.serviceArn });
  }

  /** ECS assumes it before the container runs, for the image, the variables and the log. */
  #executionRole(name: string, args: EcsExpressArgs, logs: aws.cloudwatch.LogGroup) {
    return roleFor(
      `${name}-start`,
      {
        name: `${serviceName(args.environment)}-web-start`,
        description: `ECS starts the web service with it and reads ${parametersPath(args.environment)}`,
        service: 'ecs-tasks.amazonaws.com',
        sourceAccount: args.place.account,
        boundary: args.boundaryArn,
        grants: [args.reading, starting(args.repositoryArn, logs)],
      },
      { parent: this },
    );
  }

  #taskRole(name: string, args: EcsExpressArgs): WebServiceRole {
    const use: RoleUse = {
      suffix: 'web-task',
      service: 'ecs-tasks.amazonaws.com',
      sourceAccount: args.place.account,
      grants: args.grants,
    };
    return webServiceRole(name, args, use, { parent: this });
  }

  #service(
    name: string,
    args: EcsExpressArgs,
    made: {
      logs: aws.cloudwatch.LogGroup;
      execution: { role: aws.iam.Role; rolePolicy: aws.iam.RolePolicy };
      task: WebServiceRole;
    },
  ): aws.ecs.ExpressGatewayService {
    return new aws.ecs.ExpressGatewayService(
      name,
      {
        serviceName: serviceName(args.environment),
        executionRoleArn: made.execution.role.arn,
        infrastructureRoleArn: args.infrastructureRoleArn,
        taskRoleArn: made.task.arn,
        // These three have one default in the provider's documentation and another in the API.
        cpu: String(args.size.cpu),
        memory: String(args.size.memory),
        healthCheckPath: HEALTH_PATH,
        primaryContainer: {
          image: args.image,
          containerPort: PORT,
          awsLogsConfigurations: [{ logGroup: made.logs.name, logStreamPrefix: 'web' }],
          environments: inOrder(args.reading.variables).map(([variable, value]) => ({
            name: variable,
            value,
          })),
          secrets: inOrder(args.reading.parameters).map(([variable, { arn }]) => ({
            name: variable,
            valueFrom: arn,
          })),
        },
        ...(args.network === undefined ? {} : { networkConfigurations: [networkOf(args.network)] }),
        // All four, or the provider finds its own result inconsistent (terraform-provider-aws, issue 49511).
        scalingTargets: [
          {
            autoScalingMetric: 'AVERAGE_CPU',
            autoScalingTargetValue: 60,
            minTaskCount: args.minSize,
            maxTaskCount: args.maxSize,
          },
        ],
        waitForSteadyState: true,
      },
      {
        parent: this,
        // Without its permissions a service that is being deleted stays in DRAINING.
        dependsOn: [made.execution.rolePolicy, ...made.task.ready],
        deleteBeforeReplace: true,
      },
    );
  }

  #fromLog(name: string, args: EcsExpressArgs, metricName: string, pattern: string, value: string): Metric {
    const namespace = `${PROJECT}/${args.environment}`;
    new aws.cloudwatch.LogMetricFilter(
      `${name}-${metricName.toLowerCase()}`,
      {
        name: metricName,
        logGroupName: this.logGroup,
        pattern,
        metricTransformation: { namespace, name: metricName, value },
      },
      { parent: this },
    );
    return { namespace, metricName, dimensions: {} };
  }
}

/**
 * An empty list of security groups stands for Express Mode's own one, which the provider leaves out of what it reads
 * (terraform-provider-aws, pull request 47944); without the list it finds its own result inconsistent (issue 47595).
 */
function networkOf({ subnets, securityGroups }: NonNullable<EcsExpressArgs['network']>) {
  return { subnets: [...subnets].sort(), securityGroups: [...securityGroups].sort() };
}

function hostOf(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
