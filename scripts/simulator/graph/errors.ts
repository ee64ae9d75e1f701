import { randomBytes } from 'node:crypto';

/** A row of Meta's page "Error codes" of the Cloud API. */
interface ErrorCode {
  readonly status: number;
  readonly title: string;
}

const CODES = new Map<number, ErrorCode>([
  [1, { status: 400, title: 'API Unknown' }],
  [2, { status: 503, title: 'API Service' }],
  [3, { status: 500, title: 'API Method' }],
  [4, { status: 400, title: 'Application request limit reached' }],
  [10, { status: 403, title: 'Permission Denied' }],
  [15, { status: 400, title: 'Method must be called with an app access token' }],
  [33, { status: 400, title: 'Parameter value is not valid' }],
  [100, { status: 400, title: 'Invalid parameter' }],
  [190, { status: 401, title: 'Error validating access token: Session has expired' }],
  [200, { status: 403, title: 'Permissions error' }],
  [368, { status: 403, title: 'Temporarily blocked for policies violations' }],
  [2200, { status: 400, title: 'Callback verification failed' }],
  [2500, { status: 400, title: 'Unknown path components' }],
  [80007, { status: 400, title: 'Rate limit issues' }],
  [80008, { status: 400, title: 'There have been too many calls to this WhatsApp Business account' }],
  [130429, { status: 400, title: 'Rate limit hit' }],
  [130472, { status: 400, title: "User's number is part of an experiment" }],
  [131000, { status: 500, title: 'Something went wrong' }],
  [131005, { status: 403, title: 'Access denied' }],
  [131008, { status: 400, title: 'Required parameter is missing' }],
  [131009, { status: 400, title: 'Parameter value is not valid' }],
  [131016, { status: 500, title: 'Service unavailable' }],
  [131021, { status: 400, title: 'Recipient cannot be sender' }],
  [131026, { status: 400, title: 'Message undeliverable' }],
  [131031, { status: 403, title: 'Business Account locked' }],
  [131042, { status: 400, title: 'Business eligibility payment issue' }],
  [131047, { status: 400, title: 'Re-engagement message' }],
  [131048, { status: 400, title: 'Spam rate limit hit' }],
  [131049, { status: 400, title: 'Message not delivered to maintain healthy ecosystem engagement' }],
  [131051, { status: 400, title: 'Unsupported message type' }],
  [131053, { status: 400, title: 'Media upload error' }],
  [131055, { status: 400, title: 'Method not allowed' }],
  [131056, { status: 400, title: '(Business Account, Consumer Account) pair rate limit hit' }],
  [131057, { status: 500, title: 'Account in maintenance mode' }],
  [132000, { status: 400, title: 'Number of parameters does not match the expected number of params' }],
  [132001, { status: 404, title: 'Template name does not exist in the translation' }],
  [133004, { status: 503, title: 'Server Temporarily Unavailable' }],
  [133010, { status: 400, title: 'Phone number not registered' }],
]);

interface ErrorOptions {
  readonly details?: string;
  /** Replaces the title of the code. */
  readonly message?: string;
  readonly status?: number;
  readonly subcode?: number;
  /** Default: `OAuthException`. */
  readonly type?: string;
  readonly retryAfterSeconds?: number;
}

/** The Graph API rejects a call. Nothing was accepted. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly code: number;
  readonly status: number;
  readonly body: { readonly error: Record<string, unknown> };
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: number,
    { details, message, status, subcode, type = 'OAuthException', retryAfterSeconds }: ErrorOptions = {},
  ) {
    const known = CODES.get(code);
    const title = message ?? known?.title ?? 'Unknown';
    const text = code === 190 || subcode === 33 ? title : `(#${code}) ${title}`;
    super(text);
    this.code = code;
    this.status = status ?? known?.status ?? 400;
    this.retryAfterSeconds = retryAfterSeconds;
    this.body = {
      error: {
        message: text,
        type,
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
        fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
      },
    };
  }
}

/** The object does not exist, or does not support the call. The text is Graph's own. */
export function unknownObject(method: string, id: string): GraphError {
  const message =
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
    'missing permissions, or does not support this operation. Please read the Graph API documentation at ' +
    'https://developers.facebook.com/docs/graph-api';
  return new GraphError(100, { subcode: 33, message, type: 'GraphMethodException' });
}

/** A required parameter is missing. */
export function missing(details: string): GraphError {
  return new GraphError(131008, { details });
}

/** A parameter has an invalid value. */
export function invalid(details: string): GraphError {
  return new GraphError(131009, { details });
}

/** Returns the entry for a code in the `errors` of a failed status. */
export function errorJson(code: number): Record<string, unknown> {
  const title = titleOf(code);
  return {
    code,
    title,
    message: title,
    error_data: { details: `${title}.` },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  };
}

/** Returns Meta's title of a code. */
export function titleOf(code: number): string {
  return CODES.get(code)?.title ?? 'Unknown';
}
