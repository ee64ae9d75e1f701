/** MongoDB connection strings, as far as they show what a connection would expose (MongoDB manual, "Connection Strings"). */

/** User name and password are percent-encoded, so the first `@` ends them. */
const FORM = /^mongodb(\+srv)?:\/\/(?:[^@/?#]*@)?([^@/?#]+)(?:\/[^?#]*)?(?:\?([^#]*))?$/;

interface ConnectionString {
  readonly srv: boolean;
  /** Without ports. */
  readonly hosts: readonly string[];
  /** Values in lower case, by the name of the option in lower case; the driver knows no case in names. */
  readonly options: ReadonlyMap<string, string>;
}

function parse(value: string): ConnectionString | undefined {
  const [, srv, hosts = '', query = ''] = FORM.exec(value.trim()) ?? [];
  if (hosts === '') return undefined;
  const options = new Map(
    [...new URLSearchParams(query)].map(([name, text]) => [name.toLowerCase(), text.toLowerCase()]),
  );
  return { srv: srv !== undefined, hosts: hosts.split(',').map(withoutPort), options };
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}

export function isConnectionString(value: string): boolean {
  return parse(value) !== undefined;
}

/**
 * Returns why access tokens could be read or replaced on their way from the database, as the end of a sentence that begins
 * with the variable's name. A database on the same machine needs no TLS.
 */
export function unprotectedConnection(value: string): string | undefined {
  const parsed = parse(value);
  if (parsed === undefined || parsed.hosts.every(isLoopback)) return undefined;
  const { srv, options } = parsed;
  const unchecked = ['tlsInsecure', 'tlsAllowInvalidCertificates', 'tlsAllowInvalidHostnames'].find(
    (name) => options.get(name.toLowerCase()) === 'true',
  );
  if (unchecked !== undefined)
    return `has ${unchecked}=true, with which any server is taken for the database; leave it out`;
  const tls = options.get('tls') ?? options.get('ssl') ?? (srv ? 'true' : 'false');
  if (tls === 'true') return undefined;
  return srv
    ? 'switches TLS off, so access tokens could be read on their way; leave tls=false out'
    : 'has no TLS, so access tokens could be read on their way; add tls=true, or use mongodb+srv://';
}

/** Returns true when a host is this machine, which in a container or a function is nothing but itself. */
export function namesThisMachine(value: string): boolean {
  return parse(value)?.hosts.some(isLoopback) ?? false;
}

/** `%2F…` is the path of a socket. */
function isLoopback(host: string): boolean {
  return /^(localhost|\[::1\]|127(\.\d+){3}|%2f.*)$/i.test(host) || host.toLowerCase().endsWith('.localhost');
}
