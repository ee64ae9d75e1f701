export interface AwsPlace {
  /** Absent: as the AWS SDK finds it in the environment. */
  readonly region?: string | undefined;
  /** Absent: as the AWS SDK finds it, `AWS_ENDPOINT_URL_<SERVICE>` before `AWS_ENDPOINT_URL`. */
  readonly endpointUrl?: string | undefined;
}

/**
 * How every client of an AWS service is set up. The SDK tries a call three times, since throttling and broken
 * connections are everyday; all tries together end well before a lease does.
 */
export function clientSettings({ region, endpointUrl }: AwsPlace) {
  return {
    ...(region !== undefined && { region }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 200 },
      httpsAgent: { keepAlive: true, maxSockets: 200 },
    },
  };
}
