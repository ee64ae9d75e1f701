import * as z from 'zod';
import { parseReleases, type ReleaseRecord } from '#infra/cli/release/verdicts.ts';
import { type EnvironmentName, PROJECT } from '#infra/names.ts';
import { type Call, Failure } from './failure.ts';

const put = z.object({
  Name: z.string(),
  Value: z.string().max(4096),
  Type: z.literal('String'),
  Tier: z.literal('Standard'),
  Overwrite: z.literal(true),
});

/** Parameter Store with the versions of each parameter. */
export class FakeParameterStore {
  readonly versions = new Map<string, string[]>();
  /** Called before a write takes effect, as by a concurrent writer. */
  beforeWrite: () => void = () => undefined;

  /** Writes the releases of a stack, as an earlier deployment left them. */
  remember(stack: EnvironmentName, ...releases: readonly ReleaseRecord[]): void {
    this.write(nameOf(stack), JSON.stringify({ releases }));
  }

  /** The newest version of the releases of a stack. */
  releases(stack: EnvironmentName): readonly ReleaseRecord[] {
    return parseReleases(this.versions.get(nameOf(stack))?.at(-1) ?? '') ?? [];
  }

  write(name: string, value: string): number {
    const versions = this.versions.get(name) ?? [];
    this.versions.set(name, versions);
    return versions.push(value);
  }

  answer({ action, input }: Call): unknown {
    if (action === 'PutParameter') {
      const { Name, Value } = put.parse(input);
      this.beforeWrite();
      return { Version: this.write(Name, Value), Tier: 'Standard' };
    }
    const [name = '', requestedVersion] = String(input.Name).split(':');
    const versions = this.versions.get(name);
    if (versions === undefined) throw new Failure('ParameterNotFound', name);
    const Version = requestedVersion === undefined ? versions.length : Number(requestedVersion);
    const Value = versions[Version - 1];
    if (Value === undefined) throw new Failure('ParameterVersionNotFound', name);
    return { Parameter: { Name: name, Type: 'String', Value, Version } };
  }
}

function nameOf(stack: EnvironmentName): string {
  return `/${PROJECT}/${stack}/releases`;
}
