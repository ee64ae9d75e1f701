import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Plain, sentenceOf } from '../../scripts/command.ts';
import { runProgram } from '../fakes/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Commands by name, to the file that `npm run` starts; not those that start a tool of others. */
const commands = new Map(
  Object.entries(
    z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json'))).scripts,
  )
    .map(([name, line]) => [name, /^node (?:--\S+ )?(\S+\.ts)$/.exec(line)?.[1]] as const)
    .filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
);
/** What each says of itself. */
const help = new Map<string, { readonly output: string; readonly code: number | null }>();
beforeAll(async () => {
  const asking = [...commands].map(async ([name, file]) => {
    help.set(name, await runProgram(file, {}, ['--help', '--nonsense']).ended);
  });
  await Promise.all(asking);
}, 60_000);

describe('every command', () => {
  it.each([...commands.keys()])('explains itself, whatever else is asked: %s', (name) => {
    expect(help.get(name)?.output).toMatch(new RegExp(`^(Usage: )?npm (run )?${name}\\b`));
    expect(help.get(name)?.code).toBe(0);
  });
});

describe('a wrong call', () => {
  it('has an option that nobody knows', async () => {
    const { output, code } = await runProgram('scripts/build.ts', {}, ['--nonsense']).ended;
    expect(output).toMatch(/^Unknown option '--nonsense'\.\n/);
    expect(output).toContain('npm run build -- --help says what there is.');
    expect(output).not.toContain('    at ');
    expect(code).toBe(2);
  });

  it('is no longer wrong with -h', async () => {
    const { output, code } = await runProgram('infra/cli/rollback.ts', {}, ['a', 'b', 'c', '-h']).ended;
    expect(output).toMatch(/^Usage: npm run rollback/);
    expect(code).toBe(0);
  });

  it('has more words than anybody asked for', async () => {
    const { output, code } = await runProgram('infra/cli/rollback.ts', {}, ['staging', 'sha256:1', 'now'])
      .ended;
    expect(output).toContain('now is one word too many.');
    expect(code).toBe(2);
  });

  it('is one whose options npm took for its own', async () => {
    const { output, code } = await runProgram('infra/cli/rollback.ts', { npm_config_dry_run: 'true' }, [
      'staging',
    ]).ended;
    expect(output).toContain('npm took --dry-run for its own');
    expect(output).toContain('npm run rollback -- staging --dry-run\n');
    expect(code).toBe(2);
  });
});

describe('what the documents tell to type', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'docs/runbook.md', 'docs/testing.md', 'docs/performance.md'];
  const lines = pages.flatMap((page) =>
    [...read(page).matchAll(/npm run ([\w:-]+)((?: [^`#\n|)&;,]*)?)/g)].map(([, name = '', rest = '']) => ({
      page,
      name,
      rest,
    })),
  );

  it('are commands that exist', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));
    expect(lines.length).toBeGreaterThan(50);
    const unknown = lines.filter(({ name }) => !(name in scripts) && name !== 'meta');
    expect(unknown).toEqual([]);
  });

  it('are options that they have, after the two dashes that npm leaves alone', () => {
    const flagged = lines.flatMap(({ page, name, rest }) =>
      [...rest.matchAll(/ (--[a-z][\w-]*)/g)].map(([, flag = '']) => ({ page, name, rest, flag })),
    );
    expect(flagged.length).toBeGreaterThan(5);
    for (const { page, name, rest, flag } of flagged.filter(({ name }) => commands.has(name))) {
      expect([page, name, help.get(name)?.output]).toEqual([page, name, expect.stringContaining(flag)]);
      expect([page, name, rest]).toEqual([page, name, expect.stringMatching(/^ -- /)]);
    }
  });
});

describe('what a command says at its end', () => {
  it('is one sentence for what a person can act on', () => {
    expect(sentenceOf(new Plain('do this'))).toBe('do this');
    const expired = Object.assign(new Error('The SSO session has expired'), {
      name: 'CredentialsProviderError',
    });
    expect(sentenceOf(expired)).toContain('aws sso login');
    const lost = Object.assign(new Error('getaddrinfo ENOTFOUND ecr.example'), { code: 'ENOTFOUND' });
    expect(sentenceOf(lost)).toBe(
      'Nobody can be reached from here (getaddrinfo ENOTFOUND ecr.example): is there a network?',
    );
  });

  it('is never empty, as the error of a name with several addresses is', () => {
    const both = Object.assign(new AggregateError([], ''), { code: 'ENETUNREACH' });
    expect(sentenceOf(both)).toContain('(ENETUNREACH)');
  });

  it('says what lets a program trust a proxy that opens TLS', () => {
    const opened = Object.assign(new Error('self-signed certificate in certificate chain'), {
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
    });
    expect(sentenceOf(opened)).toContain('NODE_EXTRA_CA_CERTS');
    expect(sentenceOf(opened)).not.toContain('\n');
  });

  it('has the place in the program when the fault is ours', () => {
    expect(sentenceOf(new TypeError('x is undefined'))).toContain('    at ');
  });
});
