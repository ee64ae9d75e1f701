import { describe, expect, it } from 'vitest';
import { releasesParameter } from '#infra/releases.ts';
import { ofType, RECORDINGS, STACKS } from './graph.ts';
import { allows, statementsOf } from './iam.ts';

const POLICIES = ['aws:iam/rolePolicy:RolePolicy', 'aws:iam/policy:Policy'];
const REPOSITORY = 'arn:aws:ecr:us-west-2:123456789012:repository/ansari-whatsapp';

/** The policies of all stacks that allow this, by the names of their roles. */
function holders(action: string, resource: string): string[] {
  return STACKS.flatMap((name) =>
    POLICIES.flatMap((type) => ofType(name, type))
      .filter((policy) => allows(statementsOf(RECORDINGS[name], policy), action, resource))
      .map((policy) => policy.name.replace(/-[^-]+$/, '')),
  );
}

describe('releases', () => {
  it.each(['staging', 'production'] as const)(
    'of %s can be written by its deploy role only',
    (environment) => {
      const parameter = `arn:aws:ssm:us-west-2:123456789012:parameter${releasesParameter(environment)}`;
      expect(holders('ssm:PutParameter', parameter)).toEqual([`ansari-whatsapp-deploy-${environment}`]);
      expect(holders('ssm:DeleteParameter', parameter)).toEqual([]);
    },
  );

  it('only the known roles tag images, and no role deletes one', () => {
    expect(holders('ecr:PutImage', REPOSITORY)).toEqual([
      'ansari-whatsapp-build-push',
      'ansari-whatsapp-deploy-staging',
      'ansari-whatsapp-deploy-production',
    ]);
    for (const action of ['ecr:BatchDeleteImage', 'ecr:PutImageTagMutability', 'ecr:PutLifecyclePolicy'])
      expect(holders(action, REPOSITORY)).toEqual([]);
  });
});
