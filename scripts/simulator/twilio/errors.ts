/** Twilio's error codes, from its "Error and Warning Dictionary": the HTTP status of a call, and the text. */
const CODES = new Map<number, readonly [status: number, message: string]>([
  [20001, [400, 'Invalid parameter']],
  [20003, [401, 'Authenticate']],
  [20404, [404, 'The requested resource was not found']],
  [20429, [429, 'Too Many Requests']],
  [20500, [500, 'Internal Server Error']],
  [20503, [503, 'Service Unavailable']],
  [21211, [400, "Invalid 'To' Phone Number"]],
  [21603, [400, "A 'From' phone number is required."]],
  [21604, [400, "A 'To' phone number is required."]],
  [21609, [400, "The 'StatusCallback' URL is not a valid URL."]],
  [21610, [400, 'Attempt to send to unsubscribed recipient']],
  [21611, [429, "This 'From' number has exceeded the maximum number of queued messages"]],
  [21617, [400, 'The concatenated message body exceeds the 1600 character limit']],
  [21619, [400, 'A text message body or media urls must be specified.']],
  [21655, [400, 'The ContentSid is Invalid']],
  [21656, [400, 'The ContentVariables Parameter is invalid']],
  [21910, [400, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel"]],
  [63003, [400, 'Channel could not find To address']],
  [63007, [400, 'Twilio could not find a Channel with the specified From address']],
  [63016, [400, 'Failed to send freeform message because you are outside the allowed window']],
  [63017, [429, 'Rate limit exceeded']],
  [63018, [429, 'Rate limit exceeded for Channel']],
  [63019, [400, 'Media failed to download']],
  [63021, [400, 'Channel invalid content error']],
  [63024, [400, 'Invalid message recipient']],
  [63049, [400, 'Meta chose not to deliver this marketing message']],
]);

interface ErrorOptions {
  /** Replaces the text of the code. */
  readonly message?: string;
  readonly retryAfterSeconds?: number;
}

/** Twilio rejects a call. Nothing was accepted. */
export class TwilioError extends Error {
  override readonly name = 'TwilioError';
  readonly code: number;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: number, { message, retryAfterSeconds }: ErrorOptions = {}) {
    super(message ?? textOf(code));
    this.code = code;
    this.status = CODES.get(code)?.[0] ?? 400;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The body of the response. */
  get body() {
    const { code, message, status } = this;
    return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
  }
}

export function textOf(code: number): string {
  return CODES.get(code)?.[1] ?? 'Unknown';
}

/** The address leads nowhere; the text is Twilio's own. */
export function notFound(path: string): TwilioError {
  return new TwilioError(20404, { message: `The requested resource ${path} was not found` });
}
