import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attestationCall, attestWithGh } from '../../../scripts/release/attestation.ts';
import { openAws } from '../../../scripts/release/aws.ts';
import { FakeAccount, REPOSITORY } from '../../fakes/aws/account.ts';
import { FakeTools } from '../../fakes/tools/tools.ts';

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
const attest = (repository: string | undefined = 'example/ansari') =>
  attestWithGh(openAws(account.access), 'production', repository)(IMAGE);

describe('an attestation', () => {
  it('is of the deploy workflow, and for production of its branch', async () => {
    // The login to the registry is for this call alone.
    tools.use('gh', '', 0, 'cat "$DOCKER_CONFIG/config.json" > "$FAKE_TOOLS/login"');
    expect(await attest()).toEqual({
      attested: true,
      says: 'The workflow of example/ansari attests that it built it.',
    });
    const call = ['gh', 'attestation', 'verify', `oci://${IMAGE}`, '--repo', 'example/ansari'];
    const signer = ['--signer-workflow', 'example/ansari/.github/workflows/deploy.yml'];
    expect(tools.calls()).toEqual([[...call, ...signer, '--source-ref', 'refs/heads/main']]);
    expect(attestationCall('staging', IMAGE, 'example/ansari')).toEqual([...call.slice(1), ...signer]);
    const login: unknown = JSON.parse(readFileSync(join(tools.folder, 'login'), 'utf8'));
    const auth = Buffer.from('AWS:password').toString('base64');
    expect(login).toEqual({ auths: { [REPOSITORY.split('/')[0] ?? '']: { auth } } });
  });

  it.each([
    ['refuses', 1, 'Error: no attestations found', 'does not attest it (Error: no attestations found).'],
    ['is not logged in', 4, 'To get started', 'gh is not logged in, so nobody can attest it: gh auth login.'],
  ])('is missing when gh %s', async (_, exit, prints, says) => {
    tools.use('gh', prints, exit);
    expect(await attest()).toEqual({ attested: false, says: expect.stringContaining(says) });
  });

  it('is missing where there is no gh, and the sentence says where to get it', async () => {
    process.env.PATH = tools.folder;
    const { attested, says } = await attest();
    expect(attested).toBe(false);
    expect(says).toMatch(
      /cannot be looked at: gh is not on PATH \(https:\/\/cli\.github\.com, 2\.68\.0 or newer/,
    );
  });

  it('is missing when the registry lets nobody in', async () => {
    account.refused.add('GetAuthorizationToken');
    expect((await attest()).says).toContain('cannot be looked at: AWS: AccessDeniedException');
  });

  it('is asked for by the workflow as by the commands', () => {
    const file = join(import.meta.dirname, '../../../.github/workflows/deploy.yml');
    const calls = readFileSync(file, 'utf8')
      .replaceAll(/\\\n/g, ' ')
      .split('\n')
      .filter((line) => line.includes('gh attestation verify'));
    expect(calls.length).toBeGreaterThan(0);
    const asked = attestationCall('staging', '$REGISTRY/ansari-whatsapp@$DIGEST', '$GITHUB_REPOSITORY');
    for (const call of calls) {
      const words = call.replaceAll(/[";]/g, '').replaceAll('$digest', '$DIGEST').split(/\s+/);
      expect(words).toEqual(expect.arrayContaining(asked));
    }
  });
});
