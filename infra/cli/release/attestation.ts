/** Checks GitHub's attestation that the deploy workflow of the repository built an image. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { CommandError, Interrupted, messageOf } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import { readConfiguration } from '../plan/stack-file.ts';
import type { Aws } from './aws.ts';
import { sharedStackOf } from './stack.ts';
import { runTool, type ToolResult } from './tools.ts';

/** The first gh with `--source-ref` (GitHub CLI, release notes of 2.68.0). */
const MIN_GH_VERSION = '2.68.0';
/** A rollback must not wait for GitHub without limit. */
const TIMEOUT_MS = 60_000;
const SIGNER_WORKFLOW = '.github/workflows/deploy.yml';

interface Attestation {
  readonly attested: boolean;
  /** One sentence, beginning with the subject. */
  readonly message: string;
}

/** Checks the attestation of a digest reference. Throws `Interrupted` only. */
export type Attest = (image: string) => Promise<Attestation>;

/** Branches whose images an environment accepts, the most likely first. Production accepts images of its own branch only. */
const BUILT_FROM: Readonly<Record<EnvironmentName, readonly string[]>> = {
  staging: ['develop', 'main'],
  production: ['main'],
};

/** Returns the arguments of gh for each branch; one call has to succeed. The deploy workflow uses the same options. */
export function attestationCalls(stack: EnvironmentName, image: string, repository: string): string[][] {
  return BUILT_FROM[stack].map((branch) => [
    'attestation',
    'verify',
    `oci://${image}`,
    '--repo',
    repository,
    '--signer-workflow',
    `${repository}/${SIGNER_WORKFLOW}`,
    '--source-ref',
    `refs/heads/${branch}`,
    '--deny-self-hosted-runners',
  ]);
}

/** Returns the `owner/repository` that builds the images: the one of the running workflow, else of the shared stack. */
function attestingRepository(stack: EnvironmentName): string | undefined {
  return (
    process.env.GITHUB_REPOSITORY || readConfiguration(sharedStackOf(stack)).config['ansari-whatsapp:github']
  );
}

/** Verifies with gh and a temporary login to the registry, so that neither docker nor an earlier login is needed. */
export function attestWithGh(
  aws: Pick<Aws, 'ecr'>,
  stack: EnvironmentName,
  repository = attestingRepository(stack),
): Attest {
  return async (image) => {
    if (repository === undefined)
      return { attested: false, message: 'No repository is configured to attest it.' };
    try {
      const calls = attestationCalls(stack, image, repository);
      return await withRegistryLogin(aws, image, (folder) => firstAttested(calls, folder, repository));
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const install = `https://cli.github.com, ${MIN_GH_VERSION} or newer, then gh auth login`;
      const fix = error instanceof CommandError ? ` (${install})` : '';
      return { attested: false, message: `Its attestation cannot be checked: ${messageOf(error)}${fix}.` };
    }
  };
}

async function firstAttested(
  calls: readonly string[][],
  DOCKER_CONFIG: string,
  repository: string,
): Promise<Attestation> {
  let last: Attestation = { attested: false, message: `The workflow of ${repository} does not attest it.` };
  for (const call of calls) {
    last = attestationFrom(
      await runTool('gh', call, { env: { DOCKER_CONFIG }, timeoutMs: TIMEOUT_MS }),
      repository,
    );
    if (last.attested) break;
  }
  return last;
}

function attestationFrom({ code, output }: ToolResult, repository: string): Attestation {
  if (code === 0)
    return { attested: true, message: `The workflow of ${repository} attests that it built it.` };
  // GitHub CLI manual, "Exit codes".
  if (code === 4)
    return {
      attested: false,
      message: 'gh is not logged in, so its attestation cannot be checked: gh auth login.',
    };
  const reason = output.trim().split('\n').at(-1) || 'no output from gh';
  return { attested: false, message: `The workflow of ${repository} does not attest it (${reason}).` };
}

/** Calls `use` with a temporary folder that holds the registry's password (Docker CLI, `DOCKER_CONFIG`). */
async function withRegistryLogin<T>(
  { ecr }: Pick<Aws, 'ecr'>,
  image: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const { authorizationData = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const auth = authorizationData[0]?.authorizationToken;
  const [host = ''] = image.split('/');
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-'));
  try {
    const login = JSON.stringify({ auths: { [host]: { auth } } });
    writeFileSync(join(folder, 'config.json'), login, { mode: 0o600 });
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
