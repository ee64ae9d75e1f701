import { randomBytes } from 'node:crypto';
import got from 'got';

export interface Verification {
  /** 200, and the bare challenge came back. */
  readonly passed: boolean;
  /** Absent when the app did not answer. */
  readonly status?: number;
}

/** What Meta asks when somebody enters the callback address or its verify token. */
export async function ask(url: string, verifyToken: string, answerMs: number): Promise<Verification> {
  const challenge = String(randomBytes(4).readUInt32BE(0));
  const searchParams = {
    'hub.mode': 'subscribe',
    'hub.challenge': challenge,
    'hub.verify_token': verifyToken,
  };
  try {
    const answer = await got(url, {
      searchParams,
      followRedirect: false,
      retry: { limit: 0 },
      throwHttpErrors: false,
      timeout: { request: answerMs },
    });
    return { passed: answer.statusCode === 200 && answer.body === challenge, status: answer.statusCode };
  } catch {
    return { passed: false };
  }
}
