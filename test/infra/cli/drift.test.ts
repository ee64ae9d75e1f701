import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareParameters, parametersIn } from '#infra/cli/drift/parameters.ts';
import { refreshCopy } from '#infra/cli/drift/refresh.ts';
import { exportState, type StoredState, withoutSecrets } from '#infra/cli/drift/state.ts';
import { openAws } from '#infra/cli/release/aws.ts';
import { FakeAccount } from '../../fakes/aws/account.ts';
import { runProgram } from '../../fakes/program.ts';
import { FakeTools } from '../../fakes/tools/tools.ts';

const SECRET = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: 'v1:x' };
const PATH = '/app-runtime/ansari-whatsapp/staging';
const urn = (type: string, name: string) => `urn:pulumi:staging::ansari-whatsapp::${type}::${name}`;
const resource = (type: string, name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  urn: urn(type, name),
  type,
  custom: !type.startsWith('ansari-whatsapp:'),
  ...more,
});
const parameter = (name: string, inputs: Readonly<Record<string, unknown>> = {}) =>
  resource('aws:ssm/parameter:Parameter', name, {
    inputs,
    outputs: {
      name: `${PATH}/${name}`,
      version: 1,
      type: 'SecureString',
      tier: 'Standard',
      keyId: 'the-key',
    },
  });

const PROVIDER = `${urn('pulumi:providers:aws', 'aws')}::0-1`;
const REFERENCE = resource('pulumi:pulumi:StackReference', 'shared');
const RESOURCES = [
  resource('ansari-whatsapp:infra:Tables', 'tables', { outputs: { hint: SECRET } }),
  resource('pulumi:providers:aws', 'aws', { id: '0-1' }),
  REFERENCE,
  parameter('logging-level'),
  parameter('meta-app-secret', { valueWo: SECRET }),
  resource('aws:dynamodb/table:Table', 'stage', {
    provider: PROVIDER,
    dependencies: [REFERENCE.urn, urn('aws:ssm/parameter:Parameter', 'logging-level')],
    propertyDependencies: { name: [REFERENCE.urn], tags: null },
  }),
  resource('aws:lambda/function:Function', 'worker', { inputs: { deep: [{ of: SECRET }] } }),
  resource('aws:lambda/permission:Permission', 'below', {
    parent: urn('aws:lambda/function:Function', 'worker'),
  }),
];
const state = (resources: readonly unknown[], more = {}) =>
  JSON.stringify({
    version: 3,
    deployment: { manifest: {}, secrets_providers: { type: 'cloud' }, resources, ...more },
  });
const PREVIEW = (changeSummary: object, steps: readonly object[] = []) =>
  JSON.stringify({ steps: [{ op: 'refresh', urn: urn('t', 'n') }, ...steps], changeSummary });

let tools: FakeTools;
let account: FakeAccount;
beforeEach(async () => {
  tools = new FakeTools();
  account = new FakeAccount();
  await account.start();
  account.parameters.set(`${PATH}/logging-level`, 'x');
  account.parameters.set(`${PATH}/meta-app-secret`, 'x');
});
afterEach(async () => {
  tools.restore();
  await account.close();
});

async function read(resources: readonly unknown[] = RESOURCES): Promise<StoredState> {
  tools.usePulumi('', { 'stack export': state(resources) });
  return exportState('staging');
}

describe('the copy of a state', () => {
  it('has no secret, no secrets provider and no reference to an omitted resource', async () => {
    const { copy, notCompared } = withoutSecrets(await read());
    const text = JSON.stringify(copy);
    expect(text).not.toContain('ciphertext');
    expect(text).not.toContain('secrets_providers');
    expect(text).not.toContain('Parameter');
    expect(text).not.toContain('StackReference');
    expect(copy.deployment.resources?.map((one) => one.urn)).toEqual([
      urn('ansari-whatsapp:infra:Tables', 'tables'),
      urn('pulumi:providers:aws', 'aws'),
      urn('aws:dynamodb/table:Table', 'stage'),
    ]);
    expect(copy.deployment.resources?.[2]).toMatchObject({
      provider: PROVIDER,
      dependencies: [],
      propertyDependencies: { name: [], tags: [] },
    });
    // What else holds a secret is named, with what is below it.
    expect(notCompared).toEqual([
      urn('aws:lambda/function:Function', 'worker'),
      urn('aws:lambda/permission:Permission', 'below'),
    ]);
  });

  it('is not made during an update', async () => {
    tools.usePulumi('', { 'stack export': state(RESOURCES, { pending_operations: [{}] }) });
    await expect(exportState('staging')).rejects.toThrow('An update of staging is under way, or was cut off');
  });

  it('is not made of invalid JSON', async () => {
    tools.usePulumi('', { 'stack export': 'nonsense' });
    await expect(exportState('staging')).rejects.toThrow('The state of staging cannot be read');
  });
});

describe('the refresh of the copy', () => {
  const refresh = async (prints: string) => {
    const { copy } = withoutSecrets(await read());
    tools.usePulumi('', { refresh: prints });
    return refreshCopy('staging', copy);
  };

  it('changes nothing, in a backend of its own', async () => {
    expect(await refresh(PREVIEW({ same: 3 }))).toEqual([]);
    const calls = tools.calls().map((call) => call.slice(1, 4).join(' '));
    expect(calls.slice(1)).toEqual([
      'stack init --stack',
      'stack import --file',
      'refresh --preview-only --json',
    ]);
  });

  it('lists the differences, without values', async () => {
    const oldState = { outputs: { name: 'the value' } };
    const step = { op: 'delete', urn: urn('aws:dynamodb/table:Table', 'stage'), oldState };
    expect(await refresh(PREVIEW({ same: 2, delete: 1 }, [step]))).toEqual([
      'delete aws:dynamodb/table:Table::stage',
    ]);
    expect(await refresh(PREVIEW({ same: 2, update: 1 }))).toEqual(['update 1 resources']);
  });

  it('fails without reporting a difference', async () => {
    await expect(refresh('nonsense')).rejects.toThrow('could not be compared');
    const diagnostics = [{ severity: 'error', message: 'AccessDenied: dynamodb:DescribeTable' }];
    const { copy } = withoutSecrets(await read());
    tools.use(
      'pulumi',
      JSON.stringify({ diagnostics }),
      0,
      'case "$1" in refresh) cat "$FAKE_TOOLS/pulumi.out"; exit 255;; esac',
    );
    await expect(refreshCopy('staging', copy)).rejects.toThrow('AccessDenied: dynamodb:DescribeTable');
  });

  it('runs nothing for an empty state', async () => {
    const { copy } = withoutSecrets(await read([]));
    tools.use('pulumi', '', 1);
    expect(await refreshCopy('staging', copy)).toEqual([]);
  });
});

describe('parameters', () => {
  const compare = async () =>
    compareParameters(openAws(account.access).ssm, 'staging', parametersIn(await read()));

  it('are compared by version, on all pages, without reading their values', async () => {
    expect(await compare()).toEqual([]);
    expect(new Set(account.actions)).toEqual(new Set(['DescribeParameters']));
    account.parameterVersions.set(`${PATH}/meta-app-secret`, 2);
    expect(await compare()).toEqual([`update parameter ${PATH}/meta-app-secret (version)`]);
  });

  it('are reported when they are missing', async () => {
    account.parameters.delete(`${PATH}/logging-level`);
    expect(await compare()).toEqual([`delete parameter ${PATH}/logging-level`]);
  });
});

describe('the command', () => {
  const run = async (preview: string) => {
    tools.usePulumi('', { version: 'v3.270.0', 'stack export': state(RESOURCES), refresh: preview });
    const output = join(tools.folder, 'output');
    const { code, output: text } = await runProgram(
      'infra/cli/drift.ts',
      { ...tools.environment(account.url), GITHUB_OUTPUT: output },
      ['staging'],
    ).ended;
    return { code, text, wrote: code === 1 ? '' : readFileSync(output, 'utf8') };
  };

  it('ends with 0, 3 or 1, and writes no output when the comparison failed', async () => {
    const same = await run(PREVIEW({ same: 3 }));
    expect(same, same.text).toMatchObject({ code: 0, wrote: 'staging=same\n' });
    expect(same.text).toContain('not compared, it holds a secret: urn:');
    account.parameterVersions.set(`${PATH}/logging-level`, 2);
    const differs = await run(PREVIEW({ same: 3 }));
    expect(differs, differs.text).toMatchObject({ code: 3, wrote: 'staging=same\nstaging=differs\n' });
    account.refused.add('DescribeParameters');
    const failed = await run(PREVIEW({ same: 3 }));
    expect(failed.text).toContain('AccessDenied');
    expect(failed.code).toBe(1);
    expect(readFileSync(join(tools.folder, 'output'), 'utf8')).toBe('staging=same\nstaging=differs\n');
  });
});
