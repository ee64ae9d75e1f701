import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CommandError, messageOf } from '#scripts/errors.ts';
import { runProgram } from '../fakes/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The file that `npm run` starts, by command. Excludes commands that run a tool. */
const commands = new Map(
  Object.entries(
    z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json'))).scripts,
  )
    .map(([name, line]) => [name, /^node (?:--\S+ )?(\S+\.ts)$/.exec(line)?.[1]] as const)
    .filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
);
/** The help text of each command. */
const help = new Map<string, { readonly output: string; readonly code: number | null }>();
beforeAll(async () => {
  const asking = [...commands].map(async ([name, file]) => {
    help.set(name, await runProgram(file, {}, ['--help', '--nonsense']).ended);
  });
  await Promise.all(asking);
}, 60_000);

describe('every command', () => {
  it.each([...commands.keys()])('prints its help, whatever the other arguments: %s', (name) => {
    expect(help.get(name)?.output).toMatch(new RegExp(`^(Usage: )?npm (run )?${name}\\b`));
    expect(help.get(name)?.code).toBe(0);
  });
});

describe('a command whose output nobody reads to the end', () => {
  it('ends as it would otherwise', async () => {
    const command = `
      import { runCommand } from ${JSON.stringify(join(ROOT, 'scripts/command.ts'))};
      const run = async ({ print }) => {
        for (let line = 0; line < 3; line += 1) {
          print('a line');
          await new Promise((next) => setTimeout(next, 20));
        }
        return 7;
      };
      await runCommand({ name: 'lines', help: '', options: {}, run });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Before the program has started: its first write finds no reader.
    child.stdout.destroy();
    const errors = text(child.stderr);
    const [code] = await once(child, 'close');
    expect({ code, errors: await errors }).toEqual({ code: 7, errors: '' });
  });
});

describe('a wrong call', () => {
  it('has an unknown option', async () => {
    const { output, code } = await runProgram('scripts/build.ts', {}, ['--nonsense']).ended;
    expect(output).toMatch(/^Unknown option '--nonsense'\.\n/);
    expect(output).toContain('See npm run build -- --help');
    expect(output).not.toContain('    at ');
    expect(code).toBe(2);
  });

  it('prints the help with -h', async () => {
    const { output, code } = await runProgram('infra/cli/rollback.ts', {}, ['a', 'b', 'c', '-h']).ended;
    expect(output).toMatch(/^Usage: npm run rollback/);
    expect(code).toBe(0);
  });

  it('has too many arguments', async () => {
    const { output, code } = await runProgram('infra/cli/rollback.ts', {}, ['staging', 'sha256:1', 'now'])
      .ended;
    expect(output).toContain('Unexpected argument: `now`.');
    expect(code).toBe(2);
  });

  it('has options that npm reads as its own', async () => {
    const { output, code } = await runProgram('infra/cli/rollback.ts', { npm_config_dry_run: 'true' }, [
      'staging',
    ]).ended;
    expect(output).toContain('npm read --dry-run as its own option');
    expect(output).toContain('npm run rollback -- staging --dry-run\n');
    expect(code).toBe(2);
  });
});

describe('commands in the documents', () => {
  const pages = [
    ...['README.md', 'CONTRIBUTING.md'],
    ...['runbook', 'testing', 'performance', 'many-businesses'].map((name) => `docs/${name}.md`),
  ];
  const lines = pages.flatMap((page) =>
    [...read(page).matchAll(/npm run ([\w:-]+)((?: [^`#\n|)&;,]*)?)/g)].map(([, name = '', rest = '']) => ({
      page,
      name,
      rest,
    })),
  );

  it('exist', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));
    expect(lines.length).toBeGreaterThan(50);
    const unknown = lines.filter(({ name }) => !(name in scripts) && name !== 'meta');
    expect(unknown).toEqual([]);
  });

  it('have their options, after the two dashes of npm', async () => {
    const flagged = lines.flatMap(({ page, name, rest }) =>
      [...rest.matchAll(/ (--[a-z][\w-]*)/g)].map(([, flag = '']) => ({ page, name, rest, flag })),
    );
    expect(flagged.length).toBeGreaterThan(5);
    for (const { page, name, rest, flag } of flagged.filter(({ name }) => commands.has(name))) {
      expect([page, name, await helpFor(name, rest)]).toEqual([page, name, expect.stringContaining(flag)]);
      expect([page, name, rest]).toEqual([page, name, expect.stringMatching(/^ -- /)]);
    }
  }, 60_000);
});

const helpOfSubcommands = new Map<string, Promise<{ readonly output: string }>>();

/** Resolves to the help of the command, or of its subcommand when it has any. */
async function helpFor(name: string, rest: string): Promise<string> {
  const output = help.get(name)?.output ?? '';
  const subcommand = /^ -- ([a-z][\w-]*)/.exec(rest)?.[1];
  if (!output.includes('<subcommand>') || subcommand === undefined) return output;
  const key = `${name} ${subcommand}`;
  const running =
    helpOfSubcommands.get(key) ?? runProgram(commands.get(name) ?? '', {}, [subcommand, '--help']).ended;
  helpOfSubcommands.set(key, running);
  return (await running).output;
}

describe('the message of an error', () => {
  it('is one sentence when the user can act on it', () => {
    expect(messageOf(new CommandError('do this'))).toBe('do this');
    const expired = Object.assign(new Error('The SSO session has expired'), {
      name: 'CredentialsProviderError',
    });
    expect(messageOf(expired)).toContain('aws sso login');
    const lost = Object.assign(new Error('getaddrinfo ENOTFOUND ecr.example'), { code: 'ENOTFOUND' });
    expect(messageOf(lost)).toBe('Cannot connect (getaddrinfo ENOTFOUND ecr.example): check the network.');
  });

  it('is not empty for a host name with several addresses', () => {
    const both = Object.assign(new AggregateError([], ''), { code: 'ENETUNREACH' });
    expect(messageOf(both)).toContain('(ENETUNREACH)');
  });

  it('names the variable for the certificate of a proxy that opens TLS', () => {
    const opened = Object.assign(new Error('self-signed certificate in certificate chain'), {
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
    });
    expect(messageOf(opened)).toContain('NODE_EXTRA_CA_CERTS');
    expect(messageOf(opened)).not.toContain('\n');
  });

  it('has the stack trace for a bug', () => {
    expect(messageOf(new TypeError('x is undefined'))).toContain('    at ');
  });
});
