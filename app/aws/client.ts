export interface AwsPlace {
  /** Default: the AWS SDK's own, from the environment. */
  readonly region?: string | undefined;
  /** Default: the AWS SDK's own, `AWS_ENDPOINT_URL_<SERVICE>` before `AWS_ENDPOINT_URL`. */
  readonly endpointUrl?: string | undefined;
}

/**
 * Returns the settings of every AWS client. The SDK makes up to three attempts, since throttling and broken connections
 * are common; all attempts together end well before a lease does.
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
