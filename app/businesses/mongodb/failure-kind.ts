import { MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';

/**
 * What an error of the driver means. `dns`: the hosts of a `mongodb+srv://` could not be looked up. `network`: a connection
 * broke. `refused`: the server refused the call for another reason than the user or its rights.
 */
export type FailureKind =
  | 'connection-string'
  | 'dns'
  | 'no-server'
  | 'network'
  | 'pool-exhausted'
  | 'not-authenticated'
  | 'not-authorised'
  | 'refused'
  | 'other';

/** Codes of the server (MongoDB, `error_codes.yml`); 8000 is Atlas's for a wrong user or password. */
const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = [18, 8000];

/** Returns undefined for an error that is not the driver's. */
export function failureKindOf(error: unknown): FailureKind | undefined {
  if (!(error instanceof Error)) return undefined;
  // By its name: the parser of connection strings is a package of its own, whose class is not the driver's.
  if (error.name === 'MongoParseError') return 'connection-string';
  if ('syscall' in error && /^query(Srv|Txt)$/.test(String(error.syscall))) return 'dns';
  if (error.name === 'MongoWaitQueueTimeoutError') return 'pool-exhausted';
  if (error instanceof MongoServerSelectionError) return 'no-server';
  if (error instanceof MongoNetworkError) return 'network';
  if (error instanceof MongoServerError) {
    if (AUTHENTICATION_FAILED.includes(Number(error.code))) return 'not-authenticated';
    return Number(error.code) === UNAUTHORIZED ? 'not-authorised' : 'refused';
  }
  return error instanceof MongoError ? 'other' : undefined;
}
