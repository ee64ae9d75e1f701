import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pulumiErrorIn } from '#infra/cli/release/pulumi-errors.ts';
import { MIN_PULUMI_VERSION } from '#infra/names.ts';
import { canRun } from './needs.ts';
import { PulumiProject } from './pulumi-project.ts';
import { ENDPOINT, MISSING, PLAIN, SECRETS } from './pulumi-settings.ts';

const NOWHERE = 's3://bucket?endpoint=http://127.0.0.1:1&s3ForcePathStyle=true&region=us-west-2';

/** Errors before anything starts: printed by Pulumi's own command line, and recognised by our commands. */
describe.skipIf(!canRun('pulumi-trouble', MISSING))('pulumi, when it cannot start', () => {
  const project = new PulumiProject();
  beforeAll(async () => {
    project.make();
    project.use({ AWS_ENDPOINT_URL: ENDPOINT });
    for (const stack of ['shared', 'staging']) await project.must('stack', 'init', stack);
    await project.configure('staging', PLAIN, SECRETS);
  });
  afterAll(() => project.remove());

  const up = ['up', '--yes', '--stack', 'staging'];
  /** Runs the command with a file changed, and changed back. */
  async function changing<T>(name: string, from: string, to: string, work: () => Promise<T>): Promise<T> {
    const file = join(project.folder, name);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
    try {
      return await work();
    } finally {
      writeFileSync(file, text);
    }
  }

  it.each([
    ['a wrong passphrase', { PULUMI_CONFIG_PASSPHRASE: 'wrong' }, 'The passphrase is not the one'],
    ['no passphrase', { PULUMI_CONFIG_PASSPHRASE: undefined }, 'The secrets are encrypted with a passphrase'],
    ['a folder that is not there', { PULUMI_BACKEND_URL: 'file:///not/there' }, 'no such file or directory'],
    ['a backend that nobody answers for', { PULUMI_BACKEND_URL: NOWHERE }, 'connection refused'],
    [
      'no login',
      { PULUMI_BACKEND_URL: undefined, PULUMI_HOME: join(project.folder, 'home') },
      'Pulumi is not logged in',
    ],
  ])('knows %s', async (_, environment, sentence) => {
    const { code, text } = await project.runWith(environment, ...up);
    expect(code).not.toBe(0);
    expect(pulumiErrorIn(text, 'staging')).toContain(sentence);
  });

  it('reports a stack that does not exist', async () => {
    const { text } = await project.run('preview', '--stack', 'production');
    expect(pulumiErrorIn(text, 'production')).toContain('There is no stack production in this backend');
  });

  it('reports a local state that a kill has damaged, with its remedy', async () => {
    const attributes = join(project.folder, 'state/.pulumi/stacks/ansari-whatsapp/staging.json.attrs');
    writeFileSync(attributes, '');
    const { code, text } = await project.run(...up);
    expect(code).not.toBe(0);
    expect(pulumiErrorIn(text, 'staging')).toContain('delete staging.json.attrs');
    rmSync(attributes);
    await project.must('stack', 'export', '--stack', 'staging');
  });

  it('reports that it is too old for the project or the program', async () => {
    const byProject = await changing('Pulumi.yaml', MIN_PULUMI_VERSION, '99.0.0', () => project.run(...up));
    expect(byProject.code).not.toBe(0);
    expect(pulumiErrorIn(byProject.text, 'staging')).toMatch(/^This is Pulumi 3\..*needs >=99/);
    const byProgram = await changing('infra/names.ts', MIN_PULUMI_VERSION, '99.0.0', () =>
      project.run(...up),
    );
    expect(byProgram.code).not.toBe(0);
    expect(byProgram.text).toMatch(
      /error: This is Pulumi 3\.\S+, and the program needs 99\.0\.0 or newer, nothing was created/,
    );
    expect(byProgram.text).not.toContain('    at ');
  });

  it('refuses any account other than that of the stack', async () => {
    await project.configure('shared', { accountId: '999999999999' });
    const { code, text } = await project.run('up', '--yes', '--stack', 'shared');
    expect(code).not.toBe(0);
    expect(text).toContain('one problem to fix, nothing was created');
    expect(text).toContain('these credentials belong to account 123456789012, the stack is in 999999999999');
    expect(text).not.toContain('    at ');
    expect((await project.state('shared')).filter(({ type }) => type.startsWith('aws:'))).toEqual([]);
  });

  it.each([
    ['a wrong passphrase', { PULUMI_CONFIG_PASSPHRASE: 'wrong' }, 'FAILED  secrets: The passphrase is not'],
    ['no backend', { PULUMI_BACKEND_URL: NOWHERE }, 'FAILED  state: The backend with Pulumi'],
    ['no command line', { PATH: dirname(process.execPath) }, 'FAILED  pulumi: not on PATH'],
  ])('doctor says so: %s', async (_, environment, line) => {
    const { code, text } = await project.command('doctor', ['staging'], environment);
    expect(text).toContain(line);
    expect(code).toBe(1);
  });

  it('deploy reports it before it builds anything', async () => {
    const environment = { PATH: dirname(process.execPath) };
    const { code, text } = await project.command('deploy', ['staging', '--image', PLAIN.image], environment);
    expect(text).toMatch(/^pulumi is not on PATH: curl [^\n]+\n$/);
    expect(code).toBe(1);
  });
});
