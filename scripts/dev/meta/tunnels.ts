/** Programs that give a port of this machine a public https address. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Tunnel {
  readonly name: string;
  readonly args: (port: number) => readonly string[];
  /** Finds the public address in all that it has printed so far. */
  readonly url: RegExp;
  readonly install: string;
}

/** In the order in which they are looked for. */
export const TUNNELS: readonly Tunnel[] = [
  {
    // Cloudflare, "Quick Tunnels": without an account; the address stands in a frame of bars, on the standard error.
    name: 'cloudflared',
    args: (port) => ['tunnel', '--url', `http://127.0.0.1:${port}`],
    url: /\|\s+(https?:\/\/\S+)\s+\|/,
    install:
      'brew install cloudflared, or https://github.com/cloudflare/cloudflared/releases; without an account',
  },
  {
    // ngrok, "Agent CLI": `--log stdout` prints lines instead of a screen.
    name: 'ngrok',
    args: (port) => ['http', `127.0.0.1:${port}`, '--log', 'stdout', '--log-format', 'logfmt'],
    url: /msg="started tunnel".* url=(https?:\/\/\S+)/,
    install: 'https://ngrok.com/download, then ngrok config add-authtoken <token>',
  },
  {
    // Tailscale, "Funnel": in the foreground since 1.52; other addresses that it prints lead to its console.
    name: 'tailscale',
    args: (port) => ['funnel', String(port)],
    url: /Available on the internet:\s+(https?:\/\/\S+)/,
    install: 'https://tailscale.com/download, then tailscale up, with Funnel allowed for the tailnet',
  },
];

/** Returns the first one that is installed, with the path of its program. */
export function findTunnel(env: NodeJS.ProcessEnv): { tunnel: Tunnel; path: string } | undefined {
  for (const tunnel of TUNNELS) {
    const path = onPath(tunnel.name, env);
    if (path !== undefined) return { tunnel, path };
  }
  return undefined;
}

/** Returns the address without its trailing slash; undefined when it is not there yet. */
export function publicUrlIn({ url }: Tunnel, printed: string): string | undefined {
  return url.exec(printed)?.[1]?.replace(/\/+$/, '');
}

/** Returns what to do where none is installed. */
export function installAdvice(port: number): string {
  return [
    'Meta delivers to https addresses on the internet alone, and no tunnel to this machine is installed. One of:',
    ...TUNNELS.map(({ name, args, install }) => `  ${[name, ...args(port)].join(' ')}\n      ${install}`),
    'Installed, it is started by npm run dev -- --meta. One that runs already is named with --tunnel <its https address>.',
  ].join('\n');
}

function onPath(name: string, { PATH = '', PATHEXT = '' }: NodeJS.ProcessEnv): string | undefined {
  const endings = process.platform === 'win32' ? PATHEXT.split(';') : [''];
  return PATH.split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
