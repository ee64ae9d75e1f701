import {
  MongoError,
  MongoNetworkError,
  MongoParseError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';

/** Server error codes (MongoDB manual, "Error Codes"); 8000 is Atlas's own. */
const NOT_AUTHENTICATED = [18, 8000];
const NOT_ALLOWED = 13;
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
  if (error instanceof MongoParseError)
    return 'MONGODB_URI is not a valid connection string. Set it to mongodb://… or mongodb+srv://…, with special characters of user and password percent-encoded.';
  if (error instanceof MongoServerSelectionError || error instanceof MongoNetworkError || isDnsError(error))
    return 'MongoDB cannot be reached. Look at the hosts in MONGODB_URI, at the network, and at the list of addresses that the database lets in.';
  if (error instanceof MongoServerError) {
    const { code, codeName } = error;
    if (NOT_AUTHENTICATED.includes(Number(code)))
      return 'MongoDB refused the user or the password in MONGODB_URI.';
    if (code === NOT_ALLOWED)
      return 'The user in MONGODB_URI has no permission for this: give it readWrite on the database.';
    const index = duplicateKeyOf(error);
    if (index !== undefined) return `Another document has the same ${index}, which the database allows once.`;
    return `MongoDB refused the call: ${codeName ?? code ?? 'no code'}.`;
  }
  if (error instanceof MongoError) return `The call to MongoDB failed: ${error.name}.`;
  return undefined;
}

/** `mongodb+srv://` asks DNS for the hosts of the cluster. */
function isDnsError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && /^query(Srv|Txt)$/.test(String(error.syscall));
}
