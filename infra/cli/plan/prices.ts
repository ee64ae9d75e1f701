/**
 * Public on-demand prices of us-west-2 in US dollars, without free tiers and without tax. `seen` says how sure a figure
 * is: read on the page that is named, quoted from it by others (for us-east-1, which has the same prices), or neither,
 * and then it may be out of date.
 */
export interface Price {
  readonly usd: number;
  readonly per: string;
  readonly page: string;
  readonly seen: 'on the page, November 2026' | 'quoted, 2026' | 'unverified';
}

export const PRICES_REGION = 'us-west-2';

const AWS = 'https://aws.amazon.com';

export const PRICES = {
  appRunnerMemory: {
    usd: 0.007,
    per: 'GB and hour',
    page: `${AWS}/apprunner/pricing/`,
    seen: 'on the page, November 2026',
  },
  appRunnerCpu: {
    usd: 0.064,
    per: 'vCPU and active hour',
    page: `${AWS}/apprunner/pricing/`,
    seen: 'on the page, November 2026',
  },
  fargateCpu: { usd: 0.04048, per: 'vCPU and hour', page: `${AWS}/fargate/pricing/`, seen: 'quoted, 2026' },
  fargateMemory: { usd: 0.004445, per: 'GB and hour', page: `${AWS}/fargate/pricing/`, seen: 'quoted, 2026' },
  loadBalancer: {
    usd: 0.0225,
    per: 'hour',
    page: `${AWS}/elasticloadbalancing/pricing/`,
    seen: 'unverified',
  },
  loadBalancerUnit: {
    usd: 0.008,
    per: 'LCU and hour',
    page: `${AWS}/elasticloadbalancing/pricing/`,
    seen: 'unverified',
  },
  publicAddress: { usd: 0.005, per: 'address and hour', page: `${AWS}/vpc/pricing/`, seen: 'unverified' },
  lambdaRequests: {
    usd: 0.2,
    per: 'million invocations',
    page: `${AWS}/lambda/pricing/`,
    seen: 'quoted, 2026',
  },
  lambdaTime: {
    usd: 0.0000133334,
    per: 'GB and second on Arm',
    page: `${AWS}/lambda/pricing/`,
    seen: 'quoted, 2026',
  },
  tableWrites: {
    usd: 0.625,
    per: 'million units',
    page: `${AWS}/dynamodb/pricing/on-demand/`,
    seen: 'unverified',
  },
  tableReads: {
    usd: 0.125,
    per: 'million units',
    page: `${AWS}/dynamodb/pricing/on-demand/`,
    seen: 'unverified',
  },
  tableStorage: {
    usd: 0.25,
    per: 'GB and month',
    page: `${AWS}/dynamodb/pricing/on-demand/`,
    seen: 'unverified',
  },
  tableRecovery: {
    usd: 0.2,
    per: 'GB and month',
    page: `${AWS}/dynamodb/pricing/on-demand/`,
    seen: 'unverified',
  },
  queueRequests: { usd: 0.4, per: 'million requests', page: `${AWS}/sqs/pricing/`, seen: 'unverified' },
  alarm: { usd: 0.1, per: 'alarm and month', page: `${AWS}/cloudwatch/pricing/`, seen: 'unverified' },
  metric: { usd: 0.3, per: 'metric and month', page: `${AWS}/cloudwatch/pricing/`, seen: 'quoted, 2026' },
  dashboard: { usd: 3, per: 'dashboard and month', page: `${AWS}/cloudwatch/pricing/`, seen: 'quoted, 2026' },
  logs: { usd: 0.5, per: 'GB taken in', page: `${AWS}/cloudwatch/pricing/`, seen: 'quoted, 2026' },
  key: { usd: 1, per: 'key and month', page: `${AWS}/kms/pricing/`, seen: 'unverified' },
  images: { usd: 0.1, per: 'GB and month', page: `${AWS}/ecr/pricing/`, seen: 'unverified' },
} satisfies Readonly<Record<string, Price>>;
