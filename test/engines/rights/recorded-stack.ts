/** One stack in its own project, whose commands call AWS through a recorder. */
import { join } from 'node:path';
import * as z from 'zod';
import { ROOT } from '#infra/cli/plan/root.ts';
import type { RecordedCall, RecordedCalls } from '#infra/deploy-permissions/recorded.ts';
import { pathWithEc2 } from '../aws-plugin.ts';
import { PulumiProject } from '../pulumi-project.ts';
import { REGION } from './place.ts';
import { pretendedCalls } from './pretended.ts';
import { Recorder } from './recorder.ts';
import { Sources } from './sources.ts';

type Phase = RecordedCall['in'][number];

export interface StackArgs {
  /** The emulated account. */
  readonly endpoint: string;
  readonly stack: string;
  /** The bucket of the state, and the key of the stack's secrets in it. */
  readonly bucket: string;
  readonly stateKeyArn: string;
  /** Key ARNs that differ from run to run, and what stands for them. */
  readonly names?: ReadonlyMap<string, string>;
}

const keys = z.record(z.string(), z.string());

export class RecordedStack {
  readonly #project = new PulumiProject();
  readonly #recorder: Recorder;
  readonly #stack: string;
  readonly #config: Record<string, string> = {};
  readonly #types = new Set<string>();

  private constructor({ endpoint, stack, names }: StackArgs) {
    this.#stack = stack;
    this.#recorder = new Recorder(endpoint, names ?? new Map());
  }

  static async make(args: StackArgs): Promise<RecordedStack> {
    const made = new RecordedStack(args);
    const project = made.#project;
    project.make();
    const url = await made.#recorder.start();
    project.use({
      AWS_ENDPOINT_URL: url,
      PATH: `${join(ROOT, 'node_modules/.bin')}:${pathWithEc2()}`,
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
      compare: () => this.#compare(),
      destroy: () => project.destroy(stack),
    };
    for (const phase of phases) {
      if (phase === 'destroy' && stack !== 'staging')
        await project.must('state', 'unprotect', '--all', '--yes', '--stack', stack);
      await this.#during(phase, run[phase]);
      if (phase === 'up') await this.#pretend();
    }
  }

  /** As the workflow on a schedule does it. */
  async #compare(): Promise<void> {
    const { code, text } = await this.#project.command('drift', [this.#stack]);
    if (code !== 0) throw new Error(`drift ${this.#stack} ended with ${code}\n${text}`);
  }

  /** Changes values, every description and every tag, and takes it back; then who may take the roles. */
  async recordChanges(plain: Record<string, string>, secret: Record<string, string>): Promise<void> {
    const before = { ...this.#config };
    const sources = new Sources(join(this.#project.folder, 'infra'));
    const up = () => this.#during('change', () => this.#project.up(this.#stack));
    sources.changeEverything(await this.#taggable());
    await this.#project.configure(this.#stack, plain, secret);
    await up();
    sources.restore();
    await this.#project.configure(this.#stack, before);
    await up();
    sources.changeTrust();
    await up();
  }

  /** The types of resources that can have tags. */
  async #taggable(): Promise<readonly string[]> {
    const resources = await this.#project.state(this.#stack);
    return [...new Set(resources.filter(({ outputs }) => 'tagsAll' in outputs).map(({ type }) => type))];
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

  /** The stack goes with the project; another of its name can follow. */
  async remove(): Promise<void> {
    await this.#project.run('stack', 'rm', this.#stack, '--yes', '--force');
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
}
