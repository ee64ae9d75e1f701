import { MongoParseError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { Refused, Unavailable } from '../../domain/errors.ts';

/** About the time of an election in a replica set. */
const RETRY_MS = 5_000;

/** Codes of the server (MongoDB, `error_codes.yml`); 8000 is Atlas's for a wrong user or password. */
const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = [18, 8000];

/** Returns the failure of a call of the driver, for operators. Its message holds nothing of the connection string. */
export function unavailableFrom(error: unknown): Unavailable {
  if (error instanceof Unavailable) return error;
  return new Unavailable(messageOf(error), {
    ...{ scope: 'app', alarm: 'businesses-unavailable', retryAfterMs: RETRY_MS, cause: error },
    code: error instanceof MongoServerError ? String(error.code) : undefined,
  });
}

function messageOf(error: unknown): string {
  if (error instanceof MongoServerSelectionError) return 'MongoDB: no server of MONGODB_URI can be reached';
  if (error instanceof Error && error.name === 'MongoWaitQueueTimeoutError')
    return 'MongoDB: all connections are in use; raise MONGODB_MAX_POOL_SIZE';
  const code = error instanceof MongoServerError ? Number(error.code) : undefined;
  if (code === UNAUTHORIZED)
    return 'MongoDB: the user of MONGODB_URI may not read the collection businesses of MONGODB_DB_NAME';
  if (code !== undefined && AUTHENTICATION_FAILED.includes(code))
    return 'MongoDB: the user or password of MONGODB_URI is wrong';
  return 'MongoDB: the businesses could not be read';
}

/** Returns the failure of a connection string that the driver does not accept. */
export function unusableUri(error: unknown, uri: string): Refused {
  // The driver's sentence names the option that is wrong; it must not quote the user or the password.
  const secrets = /\/\/([^/]*)@/.exec(uri)?.[1]?.split(':') ?? [];
  const quotes = (text: string) => secrets.some((secret) => secret !== '' && text.includes(secret));
  const why = error instanceof MongoParseError && !quotes(error.message) ? `: ${error.message}` : '';
  return new Refused(`MONGODB_URI is no connection string that MongoDB's driver accepts${why}`);
}
