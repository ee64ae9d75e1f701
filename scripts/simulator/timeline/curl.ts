import type { Exchange } from './exchange.ts';
import { credentialArgument, type Secrets, withoutSecrets } from './secrets.ts';

/** curl sets them itself. */
const OMITTED = new Set(['host', 'content-length', 'connection', 'transfer-encoding', 'accept-encoding']);

/**
 * Returns the command that repeats the request in a shell. Credentials are variables of the environment, except the
 * signature of a delivery, which belongs to its body.
 */
export function curlOf({ kind, method, url, request }: Exchange, secrets: Secrets): string {
  const { headers, body } = request;
  const shown = withoutSecrets(url, secrets);
  const parts = [
    `curl -i${method === 'GET' || method === 'POST' ? '' : ` -X ${method}`} ${shown === url ? quoted(url) : expanded(shown)}`,
    ...headers
      .filter(([name]) => !OMITTED.has(name.toLowerCase()))
      .map(([name, value]) => credentialArgument(kind, name, value) ?? `-H ${quoted(`${name}: ${value}`)}`),
    ...(body.size > 0 || method === 'POST' ? [dataArgument(body.bytes().toString('utf8'), secrets)] : []),
  ];
  const command = parts.join(' \\\n  ');
  return body.isWhole ? command : `# Only the beginning of the body is kept.\n${command}`;
}

function dataArgument(body: string, secrets: Secrets): string {
  const shown = withoutSecrets(body, secrets);
  return `--data-raw ${shown === body ? quoted(body) : expanded(shown)}`;
}

/** The shell changes nothing in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The shell replaces the variables in it. */
function expanded(text: string): string {
  return `"${text.replace(/[\\"`]|\$(?![A-Z_]{8})/g, '\\$&')}"`;
}
