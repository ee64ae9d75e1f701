import type { Exchange } from './exchange.ts';
import { credentialArgument, type Secrets, shellWord } from './secrets.ts';

/** curl sets them itself. */
const OMITTED = new Set(['host', 'content-length', 'connection', 'transfer-encoding', 'accept-encoding']);

/**
 * Returns the command that repeats the request in a shell. Credentials are variables of the environment, except the
 * signature of a delivery, which belongs to its body.
 */
export function curlOf({ kind, method, url, request }: Exchange, secrets: Secrets): string {
  const { headers, body } = request;
  const word = (text: string) => shellWord(text, secrets);
  const parts = [
    `curl -i${method === 'GET' || method === 'POST' ? '' : ` -X ${method}`} ${word(url)}`,
    ...headers
      .filter(([name]) => !OMITTED.has(name.toLowerCase()))
      .map(([name, value]) => credentialArgument(kind, name, value) ?? `-H ${word(`${name}: ${value}`)}`),
    ...(body.size > 0 || method === 'POST' ? [`--data-raw ${word(body.bytes().toString('utf8'))}`] : []),
  ];
  const command = parts.join(' \\\n  ');
  return body.isWhole ? command : `# Only the beginning of the body is kept.\n${command}`;
}
