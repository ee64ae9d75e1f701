/** The project in a temporary folder with its own state, and Pulumi's command line for it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');
const COPIED = [
  'Pulumi.yaml',
  'Pulumi.shared.yaml',
  'Pulumi.staging.yaml',
  'Pulumi.production.yaml',
  'package.json',
  'infra',
  'app',
  'scripts',
];

export interface Ended {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly text: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const state = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string(),
          type: z.string(),
          inputs: z.record(z.string(), z.unknown()).default({}),
          outputs: z.record(z.string(), z.unknown()).default({}),
        }),
      )
      .default([]),
  }),
});
export type State = z.infer<typeof state>['deployment']['resources'];

const steps = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })).default([]) });

export class PulumiProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-'));
  #environment: Environment = {
    PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
    // Without attribute files, which are written in place: a kill leaves one empty, and then the state cannot be read.
    PULUMI_BACKEND_URL: `file://${this.folder}/state?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: 'passphrase of a test',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    // The whole account is at one endpoint.
    AWS_ENDPOINT_URL_DYNAMODB: undefined,
    AWS_ENDPOINT_URL_SQS: undefined,
  };

  /** The sources, and the bundle of the worker. */
  make(): void {
    for (const name of COPIED) cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    mkdirSync(join(this.folder, 'state'));
    execFileSync(process.execPath, ['scripts/build.ts', '--into', join(this.folder, 'dist')], { cwd: ROOT });
  }

  /** From now on also this is in the environment of every command. */
  use(environment: Environment): void {
    this.#environment = { ...this.#environment, ...environment };
  }

  /** Runs a command of Pulumi to its end. */
  async run(...args: readonly string[]): Promise<Ended> {
    return ended(this.start(args));
  }

  /** The same with something else in its environment. */
  async runWith(environment: Environment, ...args: readonly string[]): Promise<Ended> {
    return ended(this.start(args, environment));
  }

  start(args: readonly string[], environment: Environment = {}): ChildProcess {
    return this.#spawn('pulumi', [...args, '--non-interactive', '--color', 'never'], environment);
  }

  /** One of our own commands: `doctor staging`. */
  async command(name: string, args: readonly string[], environment: Environment = {}): Promise<Ended> {
    return ended(this.#spawn(process.execPath, [`infra/cli/${name}.ts`, ...args], environment));
  }

  #spawn(program: string, args: readonly string[], environment: Environment): ChildProcess {
    return spawn(program, args, {
      cwd: this.folder,
      env: { ...process.env, ...this.#environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs a command that has to end well, and answers what it printed. */
  async must(...args: readonly string[]): Promise<string> {
    const { code, text } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(' ')} ended with ${code}\n${text}`);
    return text;
  }

  /** `pulumi up` that must end well. */
  async up(stack: string, ...args: readonly string[]): Promise<void> {
    await this.must('up', '--yes', '--skip-preview', '--stack', stack, ...args);
  }

  async destroy(stack: string): Promise<void> {
    await this.must('destroy', '--yes', '--skip-preview', '--stack', stack);
  }

  /** Sets keys of a stack's configuration; a key with a dot is a path. */
  async configure(stack: string, plain: Environment, secret: Environment = {}): Promise<void> {
    const options = (kind: string, values: Environment) =>
      Object.entries(values).flatMap(([key, value]) => [kind, `${key}=${value}`]);
    await this.must(
      'config',
      'set-all',
      '--path',
      ...options('--plaintext', plain),
      ...options('--secret', secret),
      '--stack',
      stack,
    );
  }

  async state(stack: string): Promise<State> {
    return state.parse(JSON.parse(await this.must('stack', 'export', '--stack', stack))).deployment.resources;
  }

  async outputs(stack: string): Promise<Record<string, unknown>> {
    return z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(await this.must('stack', 'output', '--json', '--stack', stack)));
  }

  /** What the next `up` would do, by operation: the names of the resources, with their types' last word. */
  async changes(stack: string, ...args: readonly string[]): Promise<Record<string, string[]>> {
    const text = await this.must('preview', '--json', '--stack', stack, ...args);
    const planned = steps
      .parse(JSON.parse(text.slice(text.indexOf('{'))))
      .steps.filter(({ op }) => op !== 'same' && op !== 'read');
    const named = planned.map(({ op, urn }) => ({
      op,
      name: `${urn.split('::')[2]?.split(':').pop()} ${urn.split('::').pop()}`,
    }));
    return Object.fromEntries(
      [...Map.groupBy(named, ({ op }) => op)].map(([op, group]) => [
        op,
        group.map(({ name }) => name).sort(),
      ]),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function ended(child: ChildProcess): Promise<Ended> {
  const text: string[] = [];
  child.stdout?.on('data', (chunk) => text.push(String(chunk)));
  child.stderr?.on('data', (chunk) => text.push(String(chunk)));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, text: text.join('') }));
  });
}

/** What was created lets others begin, and pulumi prints that a moment later. A queue takes 25 seconds. */
const ALONE_MS = 2_000;

/**
 * Resolves when nothing but these has been under creation for a while: queues take long in AWS and its emulators, and are
 * created again with success. Rejects when the command ends earlier.
 */
export function onlyWaitsFor(up: ChildProcess, resources: readonly string[]): Promise<void> {
  const creating = new Set<string>();
  let alone: NodeJS.Timeout | undefined;
  return new Promise((done, fail) => {
    if (up.stdout === null) throw new Error('the output of pulumi is not read');
    createInterface({ input: up.stdout }).on('line', (line) => {
      const [, name = '', verb] = line.match(/(aws:\S+ \S+) (creating|created) \(/) ?? [];
      if (verb === undefined) return;
      clearTimeout(alone);
      if (verb === 'creating') creating.add(name);
      else creating.delete(name);
      if (creating.size > 0 && [...creating].every((one) => resources.includes(one)))
        alone = setTimeout(done, ALONE_MS);
    });
    up.once('close', () => {
      clearTimeout(alone);
      fail(new Error(`it ended and never waited for ${resources.join(' or ')} alone`));
    });
  });
}
