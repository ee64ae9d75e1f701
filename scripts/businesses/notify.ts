/** How running services notice a change. */
import got, { RequestError } from 'got';
import { isExposed, isHttpUrl } from '../../app/web-address.ts';
import { UsageError } from '../errors.ts';
import { readSecret } from '../subcommands/secret-input.ts';

interface NotifyValues {
  readonly url?: string | undefined;
  readonly 'admin-token-file'?: string | undefined;
}

export interface Notified {
  /** False when the service was asked to forget the numbers and did not. */
  readonly ok: boolean;
  readonly lines: readonly string[];
}

const TIMEOUT_MS = 10_000;
const LATER =
  'Running services notice within BUSINESS_CACHE_TTL seconds (300 unless it is set), at once where the database has change streams.';

/**
 * Reads the token of the service before anything is changed. Resolves to a function that makes the service forget numbers,
 * and that says how services notice when no service is named. Throws `UsageError` for options that do not fit together.
 */
export async function notifier(
  values: NotifyValues,
): Promise<(numbers: readonly string[]) => Promise<Notified>> {
  const { url, 'admin-token-file': file } = values;
  if (url === undefined && file === undefined) return async () => ({ ok: true, lines: [LATER] });
  if (url === undefined || file === undefined)
    throw new UsageError('--url and --admin-token-file belong together.');
  if (!isHttpUrl(url) || isExposed(url))
    throw new UsageError('--url is the https:// address of a service, without user name, query or fragment.');
  const token = await readSecret('ADMIN_TOKEN', file);
  return async (numbers) => {
    const problem = await forget(url.replace(/\/+$/, ''), token, numbers);
    if (problem === undefined)
      return {
        ok: true,
        lines: [
          `The service forgot ${numbers.length} number(s); another process of it may remember them. ${LATER}`,
        ],
      };
    return { ok: false, lines: [`The change is stored, and the service was not told: ${problem}. ${LATER}`] };
  };
}

async function forget(url: string, token: string, numbers: readonly string[]): Promise<string | undefined> {
  for (const number of numbers) {
    try {
      const { statusCode } = await got.delete(`${url}/admin/cache/${number}`, {
        headers: { authorization: `Bearer ${token}` },
        retry: { limit: 0 },
        timeout: { request: TIMEOUT_MS },
        followRedirect: false,
        throwHttpErrors: false,
      });
      if (statusCode === 401) return 'it refused the token: give its ADMIN_TOKEN';
      if (statusCode === 404) return 'it has no such route: set ADMIN_TOKEN there';
      if (statusCode !== 200) return `it responded with HTTP ${statusCode}`;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return `it cannot be reached (${error.code})`;
    }
  }
  return undefined;
}
