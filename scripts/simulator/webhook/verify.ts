import { randomBytes } from 'node:crypto';
import got from 'got';

export interface Verification {
  /** The response was 200 with the bare challenge. */
  readonly passed: boolean;
  /** Absent when the app did not respond. */
  readonly status?: number;
}

/** Sends the challenge that Meta sends when a callback address or its verify token is set. */
export async function verifyCallback(
  url: string,
  verifyToken: string,
  timeoutMs: number,
): Promise<Verification> {
  const challenge = String(randomBytes(4).readUInt32BE(0));
  const searchParams = {
    'hub.mode': 'subscribe',
    'hub.challenge': challenge,
    'hub.verify_token': verifyToken,
  };
  try {
    const response = await got(url, {
      searchParams,
      followRedirect: false,
      retry: { limit: 0 },
      throwHttpErrors: false,
      timeout: { request: timeoutMs },
    });
    return {
      passed: response.statusCode === 200 && response.body === challenge,
      status: response.statusCode,
    };
  } catch {
    return { passed: false };
  }
}
