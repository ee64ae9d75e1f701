import {
  GetParameterCommand,
  ParameterNotFound,
  ParameterVersionNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { CommandError, isRefused, messageOf } from '../../../scripts/command.ts';
import { type EnvironmentName, PROJECT } from '../../names.ts';
import { releasesParameter } from '../../releases.ts';
import { mergeReleases, parseReleases, type ReleaseRecord, serializeReleases } from './verdicts.ts';

/** Attempts at a write that others interfere with. Deployments of an environment run one after the other. */
const MAX_ATTEMPTS = 5;
/** Each version contains the ones before it, so the newest are enough. */
const MAX_VERSIONS_READ = 10;

export interface KnownReleases {
  readonly releases: readonly ReleaseRecord[];
  /** Of the parameter: 0 when there is none yet, undefined when it cannot be read. */
  readonly version: number | undefined;
  /** Why the releases are unknown, in one sentence. */
  readonly problem?: string;
}

/**
 * The verdicts on an environment's images, in one parameter of Parameter Store that only its deploy role can write. A
 * rollback does not depend on a tag, which every environment can write. Parameter Store keeps the last 100 versions (AWS
 * Systems Manager user guide, "Working with parameter versions").
 */
export class Releases {
  readonly #ssm: SSMClient;
  readonly #name: string;
  readonly #stack: EnvironmentName;

  constructor(ssm: SSMClient, stack: EnvironmentName) {
    this.#ssm = ssm;
    this.#stack = stack;
    this.#name = releasesParameter(stack);
  }

  /** Never throws: a list that cannot be read is empty, and `problem` says why. */
  async read(): Promise<KnownReleases> {
    try {
      const { Parameter } = await this.#ssm.send(new GetParameterCommand({ Name: this.#name }));
      const releases = parseReleases(Parameter?.Value ?? '');
      const version = Parameter?.Version ?? 0;
      if (releases !== undefined) return { releases, version };
      const history = `aws ssm get-parameter-history --name ${this.#name}`;
      const problem = `${this.#name} is not a list of releases and counts as empty: ${history}`;
      return { releases: [], version, problem };
    } catch (error) {
      if (error instanceof ParameterNotFound) return { releases: [], version: 0 };
      const why = isRefused(error) ? 'ssm:GetParameter is not allowed' : messageOf(error);
      return { releases: [], version: undefined, problem: `${this.#name} cannot be read: ${why}` };
    }
  }

  /**
   * Adds verdicts. Parameter Store has no conditional write, so the version of each write is compared with the expected one:
   * concurrent writes are merged and written again. Idempotent. Throws `CommandError` when the parameter cannot be read,
   * since a write would then lose its content.
   */
  async record(...verdicts: readonly ReleaseRecord[]): Promise<void> {
    const { releases, version, problem } = await this.read();
    if (version === undefined) throw new CommandError(problem ?? `${this.#name} cannot be read`);
    let all = mergeReleases(releases, verdicts);
    let expected = version + 1;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const written = await this.#write(all);
      if (written <= expected) return;
      for (let other = Math.max(expected, written - MAX_VERSIONS_READ); other < written; other += 1)
        all = mergeReleases(all, await this.#versionOf(other));
      expected = written + 1;
    }
    throw new CommandError(`${this.#name} was overwritten concurrently ${MAX_ATTEMPTS} times`);
  }

  async #write(releases: readonly ReleaseRecord[]): Promise<number> {
    const { Version = 0 } = await this.#ssm.send(
      new PutParameterCommand({
        Name: this.#name,
        Type: 'String',
        Tier: 'Standard',
        Description: `What was verified and rejected in ${this.#stack} of ${PROJECT}`,
        Value: serializeReleases(releases),
        Overwrite: true,
      }),
    );
    return Version;
  }

  async #versionOf(version: number): Promise<readonly ReleaseRecord[]> {
    try {
      const command = new GetParameterCommand({ Name: `${this.#name}:${version}` });
      return parseReleases((await this.#ssm.send(command)).Parameter?.Value ?? '') ?? [];
    } catch (error) {
      if (error instanceof ParameterNotFound || error instanceof ParameterVersionNotFound) return [];
      throw error;
    }
  }
}
