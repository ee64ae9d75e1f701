/** The programs on this machine. */

import { CommandError } from '../../../scripts/command.ts';
import { MIN_PULUMI_VERSION } from '../../names.ts';
import { BUILDERS } from '../release/build-image.ts';
import { bad, type Finding, good, warning } from '../release/checks.ts';
import { isOlder, pulumiVersion } from '../release/pulumi.ts';
import { INSTALL } from '../release/pulumi-errors.ts';
import { runTool } from '../release/tools.ts';

export async function checkMachine(): Promise<Finding[]> {
  return [await checkPulumi(), await checkGit(), await checkBuilder(), await checkGh()];
}

async function checkPulumi(): Promise<Finding> {
  const version = await pulumiVersion();
  if (version === undefined) return bad('pulumi', 'not on PATH', INSTALL);
  return isOlder(version)
    ? bad('pulumi', `${version} is older than ${MIN_PULUMI_VERSION}`, INSTALL)
    : good('pulumi', version);
}

async function checkGit(): Promise<Finding> {
  const version = await versionOf('git', '--version');
  return version === undefined
    ? bad('git', 'not on PATH', 'brew install git, or apt-get install git')
    : good('git', version);
}

async function checkBuilder(): Promise<Finding> {
  for (const { name, versionArgument } of BUILDERS) {
    const version = await versionOf(name, versionArgument);
    if (version !== undefined) return good('image builder', `${name} ${version}`);
  }
  return warning(
    'image builder',
    'neither docker (with its daemon) nor buildah is installed, so no image can be built on this machine',
    'apt-get install buildah, or npm run deploy -- <stack> --image <digest reference>',
  );
}

async function checkGh(): Promise<Finding> {
  const version = await versionOf('gh', '--version');
  if (version !== undefined) return good('gh', version);
  return warning(
    'gh',
    'not on PATH, so GitHub is not checked',
    'brew install gh, or https://cli.github.com; then gh auth login',
  );
}

/** The first version number that the program prints; undefined when it cannot be started or has none. */
async function versionOf(name: string, versionArgument: string): Promise<string | undefined> {
  try {
    const { code, output } = await runTool(name, [versionArgument]);
    return code === 0 ? /(\d+\.\d+(\.\d+)?)/.exec(output)?.[1] : undefined;
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
