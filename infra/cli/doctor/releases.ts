import type { EnvironmentName } from '../../names.ts';
import { releasesParameter } from '../../releases.ts';
import type { Aws } from '../release/aws.ts';
import { bad, type Finding, good, skipped, warning } from '../release/checks.ts';
import { digestOf, Registry } from '../release/registry.ts';
import { Releases } from '../release/releases.ts';
import { verifiedExcept } from '../release/verdicts.ts';

/** Checks for an image to roll back to: verified, not running, and still in the registry. */
export async function checkReleases(
  aws: Pick<Aws, 'ssm' | 'ecr' | 'repositoryName'>,
  stack: EnvironmentName,
  running: string | undefined,
): Promise<Finding> {
  const name = 'rollback';
  const { releases, version, problem } = await new Releases(aws.ssm, stack).read();
  const history = `aws ssm get-parameter-history --name ${releasesParameter(stack)}`;
  if (problem !== undefined)
    return version === undefined ? skipped(name, problem) : bad(name, problem, history);
  const others = verifiedExcept(releases, running === undefined ? undefined : digestOf(running));
  if (others.length === 0)
    return skipped(name, `no other image than the running one was verified in ${stack} yet`);
  const there = new Set((await new Registry(aws).images()).map(({ digest }) => digest));
  const [last, ...older] = others.filter(({ digest }) => there.has(digest));
  if (last !== undefined)
    return good(name, `${last.digest}, verified ${last.at}, and ${older.length} before it`);
  return warning(
    name,
    `the registry no longer has any other image that was verified in ${stack} (${others.length})`,
    `aws ecr describe-images --repository-name ${aws.repositoryName}: look for an unusual number of pushes, then deploy once more.`,
  );
}
