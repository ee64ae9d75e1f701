/** Responses that several routes share. */
import type { ERROR_CODES } from '../../app/http/respond.ts';
import type { ResponseOf } from './operation.ts';

export const TIMESTAMP = 1_795_768_330;

type Options = Pick<ResponseOf, 'headers'>;

export function succeeds(description: string, message: string): ResponseOf {
  return {
    description,
    bodies: [
      { content: 'Success', examples: { [message]: { success: true, message, timestamp: TIMESTAMP } } },
    ],
  };
}

/** `messages`: by their error code, as the service words them. */
export function fails(
  description: string,
  messages: Readonly<Partial<Record<(typeof ERROR_CODES)[number], string>>>,
  options: Options = {},
): ResponseOf {
  const examples = Object.entries(messages).map(([error_code, message]) => [
    error_code,
    { success: false, message, timestamp: TIMESTAMP, error_code },
  ]);
  return {
    description,
    bodies: [{ content: 'Failure', examples: Object.fromEntries(examples) }],
    ...options,
  };
}

const REPEATED: Options = { headers: ['Retry-After'] };

/** Those of a bearer token. */
export function guarded(purpose: 'admin' | 'metrics') {
  return {
    401: fails(
      'The token is missing or wrong',
      { UNAUTHORIZED: `the ${purpose} token is missing or wrong` },
      { headers: ['WWW-Authenticate'] },
    ),
    429: fails(
      'Too many requests in a minute, or too many with a wrong token',
      { TOO_MANY_REQUESTS: 'at most 10 in a minute' },
      REPEATED,
    ),
  };
}

export const UNEXPECTED = fails('An unexpected error; the log has it', {
  INTERNAL_ERROR: 'an unexpected error',
});

export const UNAVAILABLE = fails(
  'The database cannot be reached now',
  { UNAVAILABLE: 'cannot be done now; try again later' },
  REPEATED,
);

/** Those of a POST of a platform, besides a stored and an unreadable one. */
export function refusals(maxBodyBytes: number) {
  return {
    403: fails('The signature is missing or wrong. Nothing was parsed', {
      INVALID_SIGNATURE: 'the signature is missing or wrong',
    }),
    413: fails('The body is too large. Nothing was checked', {
      BODY_TOO_LARGE: `a delivery is at most ${maxBodyBytes} bytes`,
    }),
    415: fails('The body is compressed. Nothing was checked', {
      UNSUPPORTED_ENCODING: 'a delivery has no Content-Encoding',
    }),
    503: fails(
      'Not stored, whatever ALWAYS_RETURN_OK_TO_META says: deliver it again. What was stored of it is not repeated',
      {
        NOT_STORED: 'not stored; deliver it again',
        UNAVAILABLE: 'too much is arriving at once; deliver it again',
      },
      REPEATED,
    ),
  };
}

export const UNREADABLE = 'signed, but not a delivery that can be read; it was counted';
