import { Unavailable } from '../domain/errors.ts';

/** The properties of an SDK error that are used here. */
interface AwsFailure {
  readonly name: string;
  readonly message: string;
  readonly code: string;
}

/**
 * Returns the error of an AWS call as `Unavailable`, with the scope `app`: no single turn caused it. `what` names the
 * table or queue and its region. The message says what an operator can do and never repeats AWS's own, which may hold
 * keys and values.
 */
export function awsUnavailable(error: unknown, what: string): Unavailable {
  const failure = failureOf(error);
  const advice = ADVICE[failure.name] ?? ADVICE[failure.code] ?? adviceBySymptom(failure);
  return new Unavailable(`${what}: ${advice}`, {
    scope: 'app',
    code: failure.name === 'Error' ? failure.code || 'aws' : failure.name,
    cause: error,
  });
}

const MISSING = 'not found there. Create it, or correct its name or AWS_REGION';
const FORBIDDEN = 'these credentials have no permission for it. Give the role the grants of this stack';
const EXPIRED = 'the AWS credentials have expired. Renew them';
const REJECTED =
  'AWS does not know these credentials. Correct them, and look at AWS_REGION and the clock of this machine';
const NO_CREDENTIALS =
  'there are no AWS credentials. Run under a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
const THROTTLED = 'AWS throttles us';
const UNREACHABLE = 'AWS cannot be reached. Look at AWS_REGION, AWS_ENDPOINT_URL and the network';

const UNUSABLE_KEY = 'the KMS key is disabled or will be deleted. Enable it, or cancel its deletion';

/** By error name ("Common errors" of the DynamoDB and SQS API references, "Decrypt" of KMS's) and by Node's codes. */
const ADVICE: Readonly<Record<string, string>> = {
  ResourceNotFoundException: MISSING,
  QueueDoesNotExist: MISSING,
  NonExistentQueue: MISSING,
  'AWS.SimpleQueueService.NonExistentQueue': MISSING,
  InvalidAddress: MISSING,
  NotFoundException: MISSING,
  InvalidCiphertextException:
    'it was not encrypted for this service, or was changed. The encryption context is service=ansari-whatsapp,purpose=businesses',
  DisabledException: UNUSABLE_KEY,
  KMSInvalidStateException: UNUSABLE_KEY,
  AccessDeniedException: FORBIDDEN,
  AccessDenied: FORBIDDEN,
  ExpiredTokenException: EXPIRED,
  ExpiredToken: EXPIRED,
  RequestExpired: EXPIRED,
  UnrecognizedClientException: REJECTED,
  InvalidClientTokenId: REJECTED,
  InvalidSignatureException: REJECTED,
  SignatureDoesNotMatch: REJECTED,
  IncompleteSignature: REJECTED,
  MissingAuthenticationToken: REJECTED,
  CredentialsProviderError: NO_CREDENTIALS,
  ProvisionedThroughputExceededException: THROTTLED,
  RequestLimitExceeded: THROTTLED,
  ThrottlingException: THROTTLED,
  RequestThrottled: THROTTLED,
  OverLimit: THROTTLED,
  TimeoutError: UNREACHABLE,
  ECONNREFUSED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  ENOTFOUND: UNREACHABLE,
  EAI_AGAIN: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  EPIPE: UNREACHABLE,
};

function adviceBySymptom({ name, message }: AwsFailure): string {
  if (message.includes('Region is missing')) return 'no AWS region is set. Set AWS_REGION';
  return `AWS failed (${name})`;
}

function failureOf(error: unknown): AwsFailure {
  if (!(error instanceof Error)) return { name: 'Error', message: '', code: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { name: error.name, message: error.message, code };
}
