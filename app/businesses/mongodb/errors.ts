import { MongoServerError } from 'mongodb';
import { Refused, Unavailable } from '../../domain/errors.ts';
import { failureKindOf } from './failure-kind.ts';

/** About the time of an election in a replica set. */
const RETRY_MS = 5_000;

/** Returns the failure of a call of the driver, for operators. Its message holds nothing of the connection string. */
export function unavailableFrom(error: unknown): Unavailable {
  if (error instanceof Unavailable) return error;
  return new Unavailable(messageOf(error), {
    ...{ scope: 'app', alarm: 'businesses-unavailable', retryAfterMs: RETRY_MS, cause: error },
    code: error instanceof MongoServerError ? String(error.code) : undefined,
  });
}

function messageOf(error: unknown): string {
  switch (failureKindOf(error)) {
    case 'no-server':
      return 'MongoDB: no server of MONGODB_URI can be reached';
    case 'pool-exhausted':
      return 'MongoDB: all connections are in use; raise MONGODB_MAX_POOL_SIZE';
    case 'not-authorised':
      return 'MongoDB: the user of MONGODB_URI may not read the collection businesses of MONGODB_DB_NAME';
    case 'not-authenticated':
      return 'MongoDB: the user or password of MONGODB_URI is wrong';
    default:
      return 'MongoDB: the businesses could not be read';
  }
}

/** Returns the failure of a connection string that the driver does not accept. */
export function unusableUri(error: unknown, uri: string): Refused {
  // The driver's sentence names the option that is wrong; it must not quote the user or the password.
  const secrets = /\/\/([^/]*)@/.exec(uri)?.[1]?.split(':') ?? [];
  const quotes = (text: string) => secrets.some((secret) => secret !== '' && text.includes(secret));
  const isExplained = error instanceof Error && failureKindOf(error) === 'connection-string';
  const why = isExplained && !quotes(error.message) ? `: ${error.message}` : '';
  return new Refused(`MONGODB_URI is no connection string that MongoDB's driver accepts${why}`);
}
