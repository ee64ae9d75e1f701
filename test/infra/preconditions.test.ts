import { describe, expect, it } from 'vitest';
import { MIN_PULUMI_VERSION } from '#infra/names.ts';
import { versionProblem } from '#infra/preconditions.ts';

/** Errors of `requirePulumiVersion` of @pulumi/pulumi 3.245. */
const UNIMPLEMENTED =
  'The installed version of the CLI does not support the `RequirePulumiVersion` RPC. Please upgrade the Pulumi CLI.';
const REFUSED = '2 UNKNOWN: Pulumi CLI version 3.218.0 does not satisfy the version range ">=3.300.0"';

describe('the error for an unsupported version of Pulumi', () => {
  it('is recognised from an engine that does not implement the check', () => {
    expect(versionProblem(new Error(UNIMPLEMENTED))).toContain(
      `This Pulumi is older than ${MIN_PULUMI_VERSION}, nothing was created`,
    );
  });

  it('names the version when it is outside the range', () => {
    expect(versionProblem(new Error(REFUSED))).toContain('This is Pulumi 3.218.0, and the program needs');
  });

  it.each(['14 UNAVAILABLE: No connection established', '4 DEADLINE_EXCEEDED', ''])(
    'is not reported for another error: %s',
    (message) => {
      expect(versionProblem(new Error(message))).toBeUndefined();
    },
  );
});
