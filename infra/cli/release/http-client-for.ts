import got, { type Got } from 'got';

/** Returns a client for a web service. It never throws for a status. */
export function httpClientFor(url: string, timeoutMs = 10_000): Got {
  return got.extend({
    prefixUrl: url,
    throwHttpErrors: false,
    followRedirect: false,
    timeout: { request: timeoutMs },
    retry: { limit: 0 },
  });
}
