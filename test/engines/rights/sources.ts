/** The sources of the program in a copy of the project, with changes that developers might make. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Edit = readonly [file: string, from: RegExp | string, to: string];

/** The description of a policy is immutable, so a change creates another policy with the same name. */
const DESCRIPTION = /(description: ['`])(?!Permissions that the role of the web service)/g;
const DESCRIBED = [
  'deploy-roles',
  'web-service-role',
  'ecs-express',
  'service-roles',
  'shared',
  'worker/lambda',
  'worker/task',
];

/** A property of every kind of resource that AWS changes in place. */
const VALUES: readonly Edit[] = [
  ...DESCRIBED.map((file): Edit => [file, DESCRIPTION, '$1Changed: ']),
  ['tables', 'pointInTimeRecovery: { enabled: true }', 'pointInTimeRecovery: { enabled: false }'],
  ['tables', "deletionProtectionEnabled: environment === 'production'", 'deletionProtectionEnabled: true'],
  ['tables', "Sid: 'LockTriggers'", "Sid: 'LockAllTriggers'"],
  ['turn-queue', 'receiveWaitTimeSeconds: 20', 'receiveWaitTimeSeconds: 10'],
  ['alarms', "? 'breaching' : 'notBreaching'", "? 'breaching' : 'ignore'"],
  ['worker/lambda', 'maximumEventAgeInSeconds: 60', 'maximumEventAgeInSeconds: 120'],
  ['boundary', "Sid: 'UseItsQueue'", "Sid: 'UseItsOwnQueue'"],
];

const TRUST: readonly Edit[] = [['grant', "Sid: 'Take',", "Sid: 'TakeIt',"]];

export class Sources {
  readonly #folder: string;
  readonly #before = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Values and descriptions, and another tag on all resources of those types. Throws when a source has changed. */
  changeEverything(taggable: readonly string[]): void {
    for (const edit of VALUES) this.#edit(edit);
    const begin = 'await requirePulumi();';
    this.#edit(['index', begin, `tagAll(${JSON.stringify(taggable)});\n  ${begin}`]);
    this.#edit(['index', /$/, TAG_ALL]);
  }

  changeTrust(): void {
    for (const edit of TRUST) this.#edit(edit);
  }

  restore(): void {
    for (const [path, text] of this.#before) writeFileSync(path, text);
    this.#before.clear();
  }

  #edit([file, from, to]: Edit): void {
    const path = join(this.#folder, `${file}.ts`);
    const text = readFileSync(path, 'utf8');
    const changed = text.replace(from, to);
    if (changed === text)
      throw new Error(`${file}.ts has no ${from}: choose another change for the recording`);
    if (!this.#before.has(path)) this.#before.set(path, text);
    writeFileSync(path, changed);
  }
}

const TAG_ALL = `
import * as pulumi from '@pulumi/pulumi';
function tagAll(types: readonly string[]): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    types.includes(type) ? { props: { ...props, tags: { ...props.tags, changed: 'yes' } }, opts } : undefined,
  );
}
`;
