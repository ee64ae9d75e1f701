/** The rules of a callback that is about to be set at Meta. */
import { isExposed, isHttpUrl } from '../../app/web-address.ts';
import { checkChallenge } from '../../infra/cli/release/probe-meta.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { MetaSettings } from './settings.ts';

/** Meta, "Webhook overrides". */
const MAX_LENGTH = 200;

export interface Callback {
  readonly url: string;
  readonly verifyToken: string;
}

/** Throws `UsageError` for an address that Meta does not take. */
export function requireCallbackUrl(url: string): void {
  if (!isHttpUrl(url))
    throw new UsageError('The callback is an https:// address without user name, query or fragment.');
  if (url.length > MAX_LENGTH)
    throw new UsageError(`The callback has ${url.length} characters; Meta takes at most ${MAX_LENGTH}.`);
}

/**
 * Resolves to the callback with its verify token, once the address has passed the challenge; with `force` without asking
 * it. Throws `UsageError` for http, unless the address and the Graph API are both on this machine: a simulator.
 */
export async function provenCallback(
  settings: MetaSettings,
  url: string,
  { force }: { readonly force: boolean },
): Promise<Callback> {
  const { apiUrl } = await settings.graph();
  const isSimulated = [apiUrl, url].every((address) => address.startsWith('http:') && !isExposed(address));
  if (!url.startsWith('https:') && !isSimulated)
    throw new UsageError('The callback must be an https:// address: messages go there.');
  const verifyToken = await settings.verifyToken();
  if (!force) {
    const { outcome, message, fix } = await checkChallenge(url, verifyToken);
    if (outcome !== 'good')
      throw new CommandError(
        `Nothing was changed: ${url} does not pass Meta's challenge: ${message}. ${fix ?? ''}\n--force sets it nevertheless; Meta then asks itself.`,
      );
  }
  return { url, verifyToken };
}
