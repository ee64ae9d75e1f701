import * as pulumi from '@pulumi/pulumi';
import type { EnvironmentName } from './names.ts';

/** Where resources go: enough to name one before it exists. */
export interface Place {
  /** The account's twelve digits. */
  readonly account: pulumi.Input<string>;
  readonly region: string;
}

/** Returns the ARN of a regional resource: `arnOf(place, 'sqs', 'my-queue')`. */
export function arnOf(place: Place, service: string, resource: string): pulumi.Output<string> {
  return pulumi.interpolate`arn:aws:${service}:${place.region}:${place.account}:${resource}`;
}

/** Returns the ARN of an IAM resource: `iamArnOf(place, 'role/my-role')`. */
export function iamArnOf(place: Place, resource: string): pulumi.Output<string> {
  return pulumi.interpolate`arn:aws:iam::${place.account}:${resource}`;
}

/**
 * Options for resources with data. In production Pulumi refuses to delete or replace them, and leaves them in the account
 * even when they are removed from the program.
 */
export function protectData(environment: EnvironmentName): pulumi.CustomResourceOptions {
  return environment === 'production' ? { protect: true, retainOnDelete: true } : {};
}
