import type * as pulumi from '@pulumi/pulumi';
import type { Place } from './arn.ts';
import type { Grant } from './grant.ts';
import type { EnvironmentName } from './names.ts';
import type { Reading } from './parameters.ts';

/** The port of the application, and the path of its health check, which calls no other service. */
export const PORT = 8001;
export const HEALTH_PATH = '/';

/** Arguments of a web service on either compute. */
export interface WebServiceArgs {
  readonly environment: EnvironmentName;
  readonly place: Place;
  /** A digest reference. */
  readonly image: pulumi.Input<string>;
  readonly size: { readonly cpu: number; readonly memory: number };
  readonly minSize: number;
  readonly maxSize: number;
  readonly maxConcurrency: number;
  readonly reading: Reading;
  readonly grants: readonly Grant[];
  /** Permissions boundary of the service's roles. */
  readonly boundaryArn: pulumi.Input<string>;
  /** An existing role, used unchanged. */
  readonly instanceRoleArn?: string;
}

/** One metric of CloudWatch. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
}

export interface WebService {
  /** `https://…`, without a slash at the end. */
  readonly url: pulumi.Output<string>;
  readonly serviceArn: pulumi.Output<string>;
  /** The digest reference that runs. Fails when it is not the requested one. */
  readonly image: pulumi.Output<string>;
  readonly logGroup: pulumi.Output<string>;
  /** Responses with 5xx. */
  readonly failures: Metric;
  /** Response time. */
  readonly latency: Metric & { readonly unit: 'ms' };
}

/** Returns an error message when another image runs than was requested. */
export function imageMismatch(requested: string, deployed: string): string | undefined {
  const digest = (reference: string) => reference.slice(reference.lastIndexOf('@') + 1);
  if (digest(requested) === digest(deployed)) return undefined;
  return `the service still runs ${deployed}, not ${requested}: the new image failed its health check and was rolled back. Its log says why; npm run verify shows what is deployed`;
}
