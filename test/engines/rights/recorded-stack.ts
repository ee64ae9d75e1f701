/** One stack in a project of its own, whose commands call AWS through a recorder. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Entry, RecordedCalls } from '../../../infra/deploy-rights/recorded.ts';
import { PulumiProject } from '../pulumi-project.ts';
import { ENDPOINT } from '../pulumi-settings.ts';
import { REGION } from './place.ts';
import { pretendedCalls } from './pretended.ts';
import { Recorder } from './recorder.ts';

type Phase = Entry['in'][number];

export interface StackArgs {
  readonly stack: string;
  /** The bucket of the state, and the key of the stack's secrets in it. */
  readonly bucket: string;
  readonly stateKeyArn: string;
  /** Key ARNs that differ from run to run, and what stands for them. */
  readonly names?: ReadonlyMap<string, string>;
}

/** Sources whose descriptions can be changed; that of a policy is immutable, and a change of it another policy. */
const DESCRIBED = ['deploy-roles', 'door-role', 'ecs-express', 'service-roles', 'shared', 'worker'];
const DESCRIPTION = /(description: ['`])(?!What the role of the door)/g;
const keys = z.record(z.string(), z.string());

export class RecordedStack {
  readonly #project = new PulumiProject();
  readonly #recorder: Recorder;
  readonly #stack: string;
  readonly #config: Record<string, string> = {};
  readonly #types = new Set<string>();

  private constructor({ stack, names }: StackArgs) {
    this.#stack = stack;
    this.#recorder = new Recorder(ENDPOINT, names ?? new Map());
  }

  static async make(args: StackArgs): Promise<RecordedStack> {
    const made = new RecordedStack(args);
    const project = made.#project;
    project.make();
    const url = await made.#recorder.start();
    project.use({
      AWS_ENDPOINT_URL: url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      PULUMI_CREDENTIALS_PATH: project.folder,
      PULUMI_BACKEND_URL: `s3://${args.bucket}?region=${REGION}&endpoint=${url}&s3ForcePathStyle=true`,
      PULUMI_CONFIG_PASSPHRASE: undefined,
    });
    const key = args.stateKeyArn.split('/').pop();
    const provider = `awskms://${key}?region=${REGION}`;
    await project.must('stack', 'init', args.stack, '--secrets-provider', provider);
    return made;
  }

  async configure(plain: Record<string, string>, secret: Record<string, string> = {}): Promise<void> {
    Object.assign(this.#config, plain);
    await this.#project.configure(this.#stack, plain, secret);
  }

  /** Runs the commands, one after the other, and records what they call. */
  async record(phases: readonly Exclude<Phase, 'change'>[]): Promise<void> {
    const project = this.#project;
    const stack = this.#stack;
    const run: Readonly<Record<(typeof phases)[number], () => Promise<unknown>>> = {
      up: () => project.up(stack),
      again: () => project.up(stack, '--expect-no-changes'),
      preview: () => project.must('preview', '--stack', stack),
      refresh: () => project.must('refresh', '--yes', '--skip-preview', '--stack', stack),
      destroy: () => project.destroy(stack),
    };
    for (const phase of phases) {
      if (phase === 'destroy' && stack !== 'staging')
        await project.must('state', 'unprotect', '--all', '--yes', '--stack', stack);
      await this.#during(phase, run[phase]);
      if (phase === 'up') await this.#pretend();
    }
  }

  /** Changes values, every description and every tag, and takes it back. */
  async recordChanges(plain: Record<string, string>, secret: Record<string, string>): Promise<void> {
    const before = { ...this.#config };
    const sources = this.#edit();
    await this.#project.configure(this.#stack, plain, secret);
    await this.#during('change', () => this.#project.up(this.#stack));
    for (const [path, text] of sources) writeFileSync(path, text);
    await this.#project.configure(this.#stack, before);
    await this.#during('change', () => this.#project.up(this.#stack));
  }

  get recording(): RecordedCalls {
    return { types: [...this.#types].sort(), calls: this.#recorder.entries };
  }

  get failures(): readonly string[] {
    return this.#recorder.failures;
  }

  /** The key of an environment's secrets. */
  async keyOf(environment: string): Promise<string> {
    const outputs = await this.#project.outputs(this.#stack);
    return keys.parse(outputs.keyArns)[environment] ?? '';
  }

  async remove(): Promise<void> {
    await this.#recorder.close();
    this.#project.remove();
  }

  async #during(phase: Phase, work: () => Promise<unknown>): Promise<void> {
    this.#recorder.enter(phase);
    await work();
    this.#recorder.enter(undefined);
  }

  async #pretend(): Promise<void> {
    const resources = await this.#project.state(this.#stack);
    for (const { type } of resources) if (/^awsx?:/.test(type)) this.#types.add(type);
    for (const { in: phases, ...call } of pretendedCalls(resources))
      for (const phase of phases) this.#recorder.add(call, phase);
  }

  /** Resolves to the files as they were. */
  #edit(): ReadonlyMap<string, string> {
    const folder = join(this.#project.folder, 'infra');
    const before = new Map<string, string>();
    const change = (name: string, edit: (text: string) => string) => {
      const path = join(folder, `${name}.ts`);
      const text = readFileSync(path, 'utf8');
      const changed = edit(text);
      if (changed === text) throw new Error(`${name}.ts has nothing that could be changed`);
      before.set(path, text);
      writeFileSync(path, changed);
    };
    change('account', (text) =>
      text.replace("'managed-by': 'pulumi'", "'managed-by': 'pulumi', changed: 'yes'"),
    );
    for (const name of DESCRIBED) change(name, (text) => text.replaceAll(DESCRIPTION, '$1Changed: '));
    return before;
  }
}
