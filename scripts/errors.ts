/**
 * The errors that end a command, and the message that is printed for each. A command builds the image, so this file is
 * copied there and imports nothing of this repository.
 */

/** An error that the user can act on: printed without a stack trace. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command was called wrongly: exit code 2. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}

/** The user stopped the command while it ran another program: exit code 130, as in a shell. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export function isUsageError(error: unknown): boolean {
  return error instanceof UsageError || (codeOf(error) ?? '').startsWith('ERR_PARSE_ARGS');
}

/** Returns one sentence for an error that the user can act on, and the stack trace for a bug. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's message goes on with advice about "--", which has another meaning for npm.
  if (codeOf(error) === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return error.message.replace(/\. To specify.*/s, '.');
  if (error instanceof CommandError || error instanceof Interrupted || isUsageError(error))
    return error.message;
  return awsMessage(error) ?? networkMessage(error) ?? error.stack ?? error.message;
}

const NO_CREDENTIALS =
  /CredentialsProviderError|TokenProviderError|ExpiredToken|UnrecognizedClient|InvalidClientTokenId/;

function awsMessage(error: Error): string | undefined {
  if (NO_CREDENTIALS.test(error.name))
    return `No valid AWS credentials (${error.message}): run aws sso login, or set AWS_PROFILE.`;
  // The AWS SDK sets `$fault` on errors that AWS returned.
  if ('$fault' in error) return `AWS: ${error.name}: ${error.message}`;
  const status = statusOfUnreadableResponse(error);
  if (status === undefined) return undefined;
  return `The response is not from AWS (HTTP ${status}): check AWS_ENDPOINT_URL and your proxy.`;
}

/** Returns the HTTP status of a response that the AWS SDK could not parse: the SDK keeps it in a hidden field. */
function statusOfUnreadableResponse(error: Error): number | undefined {
  const response = '$response' in error ? error.$response : undefined;
  if (typeof response !== 'object' || response === null || !('statusCode' in response)) return undefined;
  return typeof response.statusCode === 'number' ? response.statusCode : undefined;
}

/** Codes of OpenSSL and Node for a certificate (Node.js documentation, "X509 certificate error codes"). */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

/** System error codes of a connection that could not be opened or broke. */
const NO_CONNECTION = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

function networkMessage(error: Error): string | undefined {
  const timedOut = error.name === 'TimeoutError';
  const code = codeOf(error) ?? (timedOut ? 'ETIMEDOUT' : '');
  if (UNTRUSTED.test(code)) {
    return `The TLS certificate is not trusted (${error.message}): behind a proxy that opens TLS, set NODE_EXTRA_CA_CERTS to the file with its certificate.`;
  }
  if (!NO_CONNECTION.has(code)) return undefined;
  // The message is empty where a host name has several addresses and all of them failed.
  const reason = timedOut ? 'no response in time' : error.message || code;
  return `Cannot connect (${reason}): check the network.`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Returns true when AWS or Pulumi's backend refused a call because of missing permissions. */
export function isRefused(error: unknown): boolean {
  return (
    error instanceof Error && /AccessDenied|NotAuthorized|UnauthorizedOperation|Forbidden/.test(error.name)
  );
}
