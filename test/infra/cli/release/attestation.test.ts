import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attestationCalls, attestWithGh } from '#infra/cli/release/attestation.ts';
import { openAws } from '#infra/cli/release/aws.ts';
import type { EnvironmentName } from '#infra/names.ts';
import { FakeAccount, REPOSITORY } from '../../../fakes/aws/account.ts';
import { FakeTools } from '../../../fakes/tools/tools.ts';

const IMAGE = `${REPOSITORY}@sha256:${'a'.repeat(64)}`;

let account: FakeAccount;
let tools: FakeTools;
beforeEach(async () => {
  account = new FakeAccount();
  await account.start();
  tools = new FakeTools();
});
afterEach(async () => {
  tools.restore();
  await account.close();
});
const attest = (stack: EnvironmentName = 'production') =>
  attestWithGh(openAws(account.access), stack, 'example/ansari')(IMAGE);

describe('an attestation', () => {
  it('is required of the deploy workflow, and for production of its branch', async () => {
    // The login to the registry is for this call alone.
    tools.use('gh', '', 0, 'cat "$DOCKER_CONFIG/config.json" > "$FAKE_TOOLS/login"');
    expect(await attest()).toEqual({
      attested: true,
      message: 'The workflow of example/ansari attests that it built it.',
    });
    const call = ['gh', 'attestation', 'verify', `oci://${IMAGE}`, '--repo', 'example/ansari'];
    const signer = ['--signer-workflow', 'example/ansari/.github/workflows/deploy.yml'];
    const source = ['--source-ref', 'refs/heads/main', '--deny-self-hosted-runners'];
    expect(tools.calls()).toEqual([[...call, ...signer, ...source]]);
    const login: unknown = JSON.parse(readFileSync(join(tools.folder, 'login'), 'utf8'));
    const auth = Buffer.from('AWS:password').toString('base64');
    expect(login).toEqual({ auths: { [REPOSITORY.split('/')[0] ?? '']: { auth } } });
  });

  it('is accepted of either branch for staging', async () => {
    tools.use('gh', '', 0, 'case "$*" in *refs/heads/develop*) exit 1;; esac');
    expect((await attest('staging')).attested).toBe(true);
    expect(tools.calls().map((call) => call[9])).toEqual(['refs/heads/develop', 'refs/heads/main']);
  });

  it.each([
    ['refuses', 1, 'Error: no attestations found', 'does not attest it (Error: no attestations found).'],
    [
      'is not logged in',
      4,
      'To get started',
      'gh is not logged in, so its attestation cannot be checked: gh auth login.',
    ],
  ])('is missing when gh %s', async (_, exit, prints, message) => {
    tools.use('gh', prints, exit);
    expect(await attest()).toEqual({ attested: false, message: expect.stringContaining(message) });
  });

  it('is missing without gh, with the address to install it', async () => {
    process.env.PATH = tools.folder;
    const { attested, message } = await attest();
    expect(attested).toBe(false);
    expect(message).toMatch(
      /cannot be checked: gh is not on PATH \(https:\/\/cli\.github\.com, 2\.68\.0 or newer/,
    );
  });

  it('is missing when the registry denies the login', async () => {
    account.refused.add('GetAuthorizationToken');
    expect((await attest()).message).toContain('cannot be checked: AWS: AccessDeniedException');
  });

  it('is verified by the workflow with the same options', () => {
    const file = join(import.meta.dirname, '../../../../.github/workflows/deploy.yml');
    const calls = readFileSync(file, 'utf8')
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .filter((line) => line.includes('gh attestation verify'));
    expect(calls.length).toBeGreaterThan(0);
    const [asked = []] = attestationCalls('production', '$REPOSITORY@$DIGEST', '$GITHUB_REPOSITORY');
    const flags = (args: readonly string[]) => args.filter((word) => word.startsWith('--'));
    const argAfter = (args: readonly string[], flag: string) => args[args.indexOf(flag) + 1];
    for (const call of calls) {
      const args = call.replaceAll(/[";]/g, '').split(/\s+/);
      expect(flags(asked)).toEqual(expect.arrayContaining(flags(args)));
      for (const flag of ['--repo', '--signer-workflow'])
        expect(argAfter(args, flag)).toBe(argAfter(asked, flag));
    }
  });
});
