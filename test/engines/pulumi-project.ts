/** The project in a temporary folder with a state of its own, and Pulumi's command line to work on it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly text: string;
}

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

  constructor() {
    for (const name of [
      'Pulumi.yaml',
      'Pulumi.shared.yaml',
      'Pulumi.staging.yaml',
      'Pulumi.production.yaml',
      'package.json',
      'infra',
    ]) {
      cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    mkdirSync(join(this.folder, 'state'));
    mkdirSync(join(this.folder, 'dist/worker'), { recursive: true });
    writeFileSync(
      join(this.folder, 'dist/worker/index.mjs'),
      'export const handler = async () => ({ batchItemFailures: [] });\n',
    );
  }

  /** Runs a command of Pulumi to its end. */
  async run(...args: readonly string[]): Promise<Ended> {
    return ended(this.start(...args));
  }

  start(...args: readonly string[]): ChildProcess {
    return spawn('pulumi', [...args, '--non-interactive', '--color', 'never'], {
      cwd: this.folder,
      env: {
        ...process.env,
        PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
        PULUMI_BACKEND_URL: `file://${this.folder}/state`,
        PULUMI_CONFIG_PASSPHRASE: 'passphrase of a test',
        PULUMI_SKIP_UPDATE_CHECK: 'true',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs a command that has to end well, and answers what it printed. */
  async must(...args: readonly string[]): Promise<string> {
    const { code, text } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(' ')} ended with ${code}\n${text}`);
    return text;
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
