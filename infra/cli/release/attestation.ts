/** Checks GitHub's attestation that the deploy workflow of the repository built an image. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { Interrupted, Plain, sentenceOf } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import { readConfiguration } from '../plan/stack-file.ts';
import type { Aws } from './aws.ts';
import { sharedStackOf } from './stack.ts';
import { type Ran, runTool } from './tools.ts';

/** The first gh with `--source-ref` (GitHub CLI, release notes of 2.68.0). */
const OLDEST_GH = '2.68.0';
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

/** Branches whose images an environment accepts, the most likely first. Production accepts only what was approved for it. */
const BUILT_FROM: Readonly<Record<EnvironmentName, readonly string[]>> = {
  staging: ['develop', 'main'],
  production: ['main'],
};

/** The calls of gh of which one has to end well. The deploy workflow asks with the same options. */
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

/** `owner/repository` whose workflow builds the images: the one that runs this, else the one of the shared stack. */
function attestingRepository(stack: EnvironmentName): string | undefined {
  return (
    process.env.GITHUB_REPOSITORY || readConfiguration(sharedStackOf(stack)).config['ansari-whatsapp:github']
  );
}

/** Asks gh, with a login to the registry of its own, so that neither docker nor a login of before is needed. */
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
      return await withLogin(aws, image, (folder) => firstGood(calls, folder, repository));
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const install = `https://cli.github.com, ${OLDEST_GH} or newer, then gh auth login`;
      const fix = error instanceof Plain ? ` (${install})` : '';
      return { attested: false, message: `Its attestation cannot be checked: ${sentenceOf(error)}${fix}.` };
    }
  };
}

async function firstGood(
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

function attestationFrom({ code, output }: Ran, repository: string): Attestation {
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

/** A folder with the registry's password, for as long as it is used (Docker CLI, `DOCKER_CONFIG`). */
async function withLogin<T>(
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
