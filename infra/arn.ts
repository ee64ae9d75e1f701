import * as pulumi from '@pulumi/pulumi';
import type { EnvironmentName } from './names.ts';

/** Where resources go: enough to name one before it exists. */
export interface Place {
  /** The account's twelve digits. */
  readonly account: pulumi.Input<string>;
  readonly region: string;
}

/** The ARN of something regional: `arnOf(place, 'sqs', 'my-queue')`. */
export function arnOf(place: Place, service: string, resource: string): pulumi.Output<string> {
  return pulumi.interpolate`arn:aws:${service}:${place.region}:${place.account}:${resource}`;
}

/** The ARN of something that IAM keeps: `iamArnOf(place, 'role/my-role')`. */
export function iamArnOf(place: Place, resource: string): pulumi.Output<string> {
  return pulumi.interpolate`arn:aws:iam::${place.account}:${resource}`;
}

/**
 * Options for what holds data. In production Pulumi refuses to delete or replace it, and leaves it in the account even
 * when it is taken out of the program.
 */
export function keepData(environment: EnvironmentName): pulumi.CustomResourceOptions {
  return environment === 'production' ? { protect: true, retainOnDelete: true } : {};
}
