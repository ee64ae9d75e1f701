/** Names of the settings that choose where a program listens, as its messages show them. */
export interface ListenSettings {
  /** `PORT`, `--port`... */
  readonly port: string;
  readonly host: string;
}

/**
 * Returns a sentence for an error of `server.listen` that says what to change. Returns undefined for any other error.
 * Node sets `syscall`, `port`, `address` and `hostname` on these errors (Node.js documentation, "Class: SystemError").
 */
export function listenErrorMessage(error: unknown, settings: ListenSettings): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, port, address, hostname }: NodeJS.ErrnoException & SystemErrorFields = error;
  if (syscall === 'getaddrinfo') return noSuchHost(hostname, settings);
  if (syscall !== 'listen') return undefined;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use by another program: stop that one, or set ${settings.port} to another number.`;
  }
  if (code === 'EACCES') {
    return `Port ${port} may not be used by this user: set ${settings.port} to a number from 1024 to 65535.`;
  }
  if (code === 'EADDRNOTAVAIL') return noSuchHost(address, settings);
  return `Cannot listen on port ${port}: ${error.message}.`;
}

interface SystemErrorFields {
  readonly port?: number;
  readonly address?: string;
  readonly hostname?: string;
}

function noSuchHost(host = '', settings: ListenSettings): string {
  return `${settings.host} ${host} is not an address of this machine: set it to one of them, to 0.0.0.0 for all, or leave it out.`;
}
