import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { deployedImage } from './deployed-image.ts';
import type { Grant } from './grant.ts';
import { ensuredLogGroup } from './log-group.ts';
import { serviceName } from './names.ts';
import type { PrivateNetwork } from './private-network.ts';
import { WRITE_TRACES } from './telemetry.ts';
import { HEALTH_PATH, type Metric, PORT, type WebService, type WebServiceArgs } from './web-service.ts';
import { type WebServiceRole, webServiceRole } from './web-service-role.ts';

export interface AppRunnerArgs extends WebServiceArgs {
  readonly accessRoleArn: pulumi.Input<string>;
  readonly tracing: boolean;
  readonly domain?: string;
  /** Where it calls out from. Absent: App Runner's own network, with addresses that change. */
  readonly network?: PrivateNetwork;
}

const TRACING: Grant = { variables: {}, statements: [WRITE_TRACES] };

/**
 * The web service on AWS App Runner. It deploys only when Pulumi changes it; an update that App Runner rolls back, which it
 * reports as success, is an error here.
 */
export class AppRunnerService extends pulumi.ComponentResource implements WebService {
  readonly url: pulumi.Output<string>;
  readonly serviceArn: pulumi.Output<string>;
  readonly image: pulumi.Output<string>;
  readonly logGroup: pulumi.Output<string>;
  readonly failures: Metric;
  readonly latency: Metric & { readonly unit: 'ms' };
  /** The DNS records that the owner of the domain has to create; until then the domain does not work. */
  readonly domain: aws.apprunner.CustomDomainAssociation | undefined;

  constructor(name: string, args: AppRunnerArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:AppRunnerService', name, {}, options);
    const role = this.#role(name, args);
    const scaling = this.#scaling(name, args);
    const observability = this.#tracing(name, args);
    const connector = this.#connector(name, args);
    const service = this.#service(name, args, { role, scaling, observability, connector });
    this.domain = this.#domain(name, args, service);

    const host = args.domain ?? service.serviceUrl;
    this.url = pulumi.interpolate`https://${host}`;
    this.serviceArn = service.arn;
    this.image = deployedImage(args.image, runningImage(service));
    this.logGroup = ensuredLogGroup(
      pulumi.interpolate`/aws/apprunner/${service.serviceName}/${service.serviceId}/application`,
      args.place.region,
    );
    const dimensions = { ServiceName: service.serviceName, ServiceID: service.serviceId };
    this.failures = { namespace: 'AWS/AppRunner', metricName: '5xxStatusResponses', dimensions };
    this.latency = { namespace: 'AWS/AppRunner', metricName: 'RequestLatency', dimensions, unit: 'ms' };
    this.registerOutputs({ url: this.url, serviceArn: this.serviceArn });
  }

  #role(name: string, args: AppRunnerArgs): WebServiceRole {
    const grants = [...args.grants, args.reading, ...(args.tracing ? [TRACING] : [])];
    return webServiceRole(
      name,
      args,
      { suffix: 'web', service: 'tasks.apprunner.amazonaws.com', grants },
      { parent: this },
    );
  }

  /** A change makes a new revision before the old one goes: App Runner deletes none that is in use. */
  #scaling(name: string, args: AppRunnerArgs): aws.apprunner.AutoScalingConfigurationVersion {
    return new aws.apprunner.AutoScalingConfigurationVersion(
      name,
      {
        autoScalingConfigurationName: serviceName(args.environment),
        minSize: args.minSize,
        maxSize: args.maxSize,
        maxConcurrency: args.maxConcurrency,
      },
      { parent: this },
    );
  }

  #tracing(name: string, args: AppRunnerArgs): aws.apprunner.ObservabilityConfiguration | undefined {
    if (!args.tracing) return undefined;
    return new aws.apprunner.ObservabilityConfiguration(
      name,
      {
        observabilityConfigurationName: serviceName(args.environment),
        traceConfiguration: { vendor: 'AWSXRAY' },
      },
      { parent: this },
    );
  }

  /** A change makes a new revision, as with the scaling. */
  #connector(name: string, args: AppRunnerArgs): aws.apprunner.VpcConnector | undefined {
    if (args.network === undefined) return undefined;
    return new aws.apprunner.VpcConnector(
      name,
      {
        vpcConnectorName: serviceName(args.environment),
        subnets: [...args.network.subnets],
        securityGroups: [...args.network.securityGroups],
      },
      { parent: this },
    );
  }

  #service(
    name: string,
    args: AppRunnerArgs,
    made: {
      role: WebServiceRole;
      scaling: aws.apprunner.AutoScalingConfigurationVersion;
      observability: aws.apprunner.ObservabilityConfiguration | undefined;
      connector: aws.apprunner.VpcConnector | undefined;
    },
  ): aws.apprunner.Service {
    const secrets = Object.entries(args.reading.parameters).map(
      ([variable, { arn }]) => [variable, arn] as const,
    );
    return new aws.apprunner.Service(
      name,
      {
        serviceName: serviceName(args.environment),
        sourceConfiguration: {
          // On by default, and then a push to a tag would deploy without Pulumi.
          autoDeploymentsEnabled: false,
          authenticationConfiguration: { accessRoleArn: args.accessRoleArn },
          imageRepository: {
            imageIdentifier: args.image,
            imageRepositoryType: 'ECR',
            imageConfiguration: {
              port: String(PORT),
              runtimeEnvironmentVariables: args.reading.variables,
              runtimeEnvironmentSecrets: Object.fromEntries(secrets),
            },
          },
        },
        instanceConfiguration: {
          cpu: String(args.size.cpu),
          memory: String(args.size.memory),
          instanceRoleArn: made.role.arn,
        },
        // TCP by default. There is no grace period: a start has interval times unhealthyThreshold, 100 seconds here.
        healthCheckConfiguration: {
          protocol: 'HTTP',
          path: HEALTH_PATH,
          interval: 10,
          timeout: 5,
          healthyThreshold: 1,
          unhealthyThreshold: 10,
        },
        autoScalingConfigurationArn: made.scaling.arn,
        networkConfiguration: {
          ingressConfiguration: { isPubliclyAccessible: true },
          ...(made.connector === undefined
            ? {}
            : { egressConfiguration: { egressType: 'VPC', vpcConnectorArn: made.connector.arn } }),
        },
        observabilityConfiguration: {
          observabilityEnabled: made.observability !== undefined,
          ...(made.observability === undefined
            ? {}
            : { observabilityConfigurationArn: made.observability.arn }),
        },
      },
      // Two services cannot have one name, so a replacement has to follow the deletion.
      { parent: this, dependsOn: made.role.ready, deleteBeforeReplace: true },
    );
  }

  #domain(name: string, args: AppRunnerArgs, service: aws.apprunner.Service) {
    if (args.domain === undefined) return undefined;
    return new aws.apprunner.CustomDomainAssociation(
      name,
      { domainName: args.domain, enableWwwSubdomain: false, serviceArn: service.arn },
      { parent: this },
    );
  }
}

/**
 * After an update the provider reads the service again, so its state names the image that runs. App Runner rolls a bad
 * one back and is RUNNING again, which the provider takes for success.
 */
function runningImage(service: aws.apprunner.Service): pulumi.Output<string> {
  return service.sourceConfiguration.apply((source) => source.imageRepository?.imageIdentifier ?? 'no image');
}
