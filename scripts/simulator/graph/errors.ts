import { randomBytes } from 'node:crypto';

/** What Meta's page "Error codes" of the Cloud API lists for a code. */
interface Known {
  readonly status: number;
  readonly title: string;
}

const CODES = new Map<number, Known>([
  [1, { status: 400, title: 'API Unknown' }],
  [2, { status: 503, title: 'API Service' }],
  [3, { status: 500, title: 'API Method' }],
  [4, { status: 400, title: 'Application request limit reached' }],
  [10, { status: 403, title: 'Permission Denied' }],
  [33, { status: 400, title: 'Parameter value is not valid' }],
  [100, { status: 400, title: 'Invalid parameter' }],
  [190, { status: 401, title: 'Error validating access token: Session has expired' }],
  [368, { status: 403, title: 'Temporarily blocked for policies violations' }],
  [80007, { status: 400, title: 'Rate limit issues' }],
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
  [131056, { status: 400, title: '(Business Account, Consumer Account) pair rate limit hit' }],
  [131057, { status: 500, title: 'Account in maintenance mode' }],
  [133004, { status: 503, title: 'Server Temporarily Unavailable' }],
  [133010, { status: 400, title: 'Phone number not registered' }],
]);

interface Particulars {
  readonly details?: string;
  /** Replaces the code's own title. */
  readonly message?: string;
  readonly status?: number;
  readonly subcode?: number;
  readonly retryAfterSeconds?: number;
}

/** The Graph API refuses a call: nothing was accepted. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly code: number;
  readonly status: number;
  readonly body: { readonly error: Record<string, unknown> };
  readonly retryAfterSeconds: number | undefined;

  constructor(code: number, { details, message, status, subcode, retryAfterSeconds }: Particulars = {}) {
    const known = CODES.get(code);
    const text =
      code === 190 ? (message ?? known?.title) : `(#${code}) ${message ?? known?.title ?? 'Unknown'}`;
    super(text);
    this.code = code;
    this.status = status ?? known?.status ?? 400;
    this.retryAfterSeconds = retryAfterSeconds;
    this.body = {
      error: {
        message: text,
        type: subcode === 33 ? 'GraphMethodException' : 'OAuthException',
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
        fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
      },
    };
  }
}

/** The same code as it stands in the `errors` of a failed status. */
export function errorJson(code: number): Record<string, unknown> {
  const title = CODES.get(code)?.title ?? 'Unknown';
  return {
    code,
    title,
    message: title,
    error_data: { details: `${title}.` },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  };
}
