/** A separate checkout of the project, for commands that write into its files, and the account that they use. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { type Ended, ended } from '../pulumi-project.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const FILES = [
  'Pulumi.yaml',
  'Pulumi.shared.yaml',
  'Pulumi.staging.yaml',
  'Pulumi.production.yaml',
  'package.json',
  'package-lock.json',
  '.npmrc',
  'app',
  'infra',
  'scripts',
];

export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-'));
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: Readonly<Record<string, string>>) {
    for (const name of FILES) cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    // The state is in the bucket of the account, unlike in other suites.
    const others = Object.entries(process.env).filter(
      ([name]) => !/^(AWS_ENDPOINT_URL|PULUMI_(BACKEND|CONFIG)|GITHUB_)/.test(name),
    );
    this.#environment = {
      ...Object.fromEntries(others),
      PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
      PULUMI_CREDENTIALS_PATH: this.folder,
      ...environment,
    };
  }

  /** `npm run` of a command, as an operator types it. */
  run(command: string, ...words: readonly string[]): Promise<Ended> {
    return this.#start('npm', ['run', '--silent', command, '--', ...words]);
  }

  /** The same with something else in its environment. */
  runWith(environment: NodeJS.ProcessEnv, command: string, ...words: readonly string[]): Promise<Ended> {
    return this.#start('npm', ['run', '--silent', command, '--', ...words], environment);
  }

  /** Pulumi itself, which has to end well. Answers what it printed. */
  async pulumi(...words: readonly string[]): Promise<string> {
    const { code, text } = await this.#start('pulumi', [...words, '--non-interactive', '--color', 'never']);
    if (code !== 0) throw new Error(`pulumi ${words.join(' ')} ended with ${code}\n${text}`);
    return text;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #start(name: string, words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return ended(
      spawn(name, words, {
        cwd: this.folder,
        env: { ...this.#environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }
}
