import { MongoServerError } from 'mongodb';
import { failureKindOf } from '../../app/businesses/mongodb/failure-kind.ts';

export { failureKindOf };

const DUPLICATE = 11_000;

/** Returns the key of the unique index that refused a write; undefined for another error. */
export function duplicateKeyOf(error: unknown): string | undefined {
  if (!(error instanceof MongoServerError) || error.code !== DUPLICATE) return undefined;
  const { keyPattern } = error;
  if (typeof keyPattern === 'object' && keyPattern !== null) return Object.keys(keyPattern).join(', ');
  return /index: (\S+)/.exec(error.message)?.[1] ?? 'a unique index';
}

/** Returns what an operator can do about an error of the driver; undefined for other errors. Contains no password. */
export function mongoSentence(error: unknown): string | undefined {
  switch (failureKindOf(error)) {
    case undefined:
      return undefined;
    case 'connection-string':
      return 'MONGODB_URI is not a valid connection string. Set it to mongodb://… or mongodb+srv://…, with special characters of user and password percent-encoded.';
    case 'dns':
    case 'no-server':
    case 'network':
      return 'MongoDB cannot be reached. Look at the hosts in MONGODB_URI, at the network, and at the list of addresses that the database lets in.';
    case 'not-authenticated':
      return 'MongoDB refused the user or the password in MONGODB_URI.';
    case 'not-authorised':
      return 'The user in MONGODB_URI has no permission for this: give it readWrite on the database.';
    case 'refused':
      return refusalOf(error);
    default:
      return `The call to MongoDB failed: ${error instanceof Error ? error.name : 'unknown'}.`;
  }
}

function refusalOf(error: unknown): string {
  const index = duplicateKeyOf(error);
  if (index !== undefined) return `Another document has the same ${index}, which the database allows once.`;
  const { code, codeName } = error instanceof MongoServerError ? error : {};
  return `MongoDB refused the call: ${codeName ?? code ?? 'no code'}.`;
}
