import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runTool } from '#infra/cli/release/tools.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { runProgram } from '../../../fakes/program.ts';
import { FakeTools } from '../../../fakes/tools/tools.ts';

const CLI = join(import.meta.dirname, '../../../../infra/cli');
const COMMAND = join(import.meta.dirname, '../../../../scripts/command.ts');

let tools: FakeTools;
beforeEach(() => {
  tools = new FakeTools();
});
afterEach(() => tools.restore());

/** A command of ours that is in the middle of `pulumi up`. */
function command() {
  const file = join(temporaryFolder(), 'command.ts');
  writeFileSync(
    file,
    `import { runCommand } from '${COMMAND}';
     import { runUpdate } from '${CLI}/release/pulumi.ts';
     const run = async () => (await runUpdate('up', 'staging', {})).code;
     await runCommand({ name: 'deploy', help: '', options: {}, run });`,
  );
  return runProgram(file, { FAKE_TOOLS: tools.folder });
}

describe('a command that gets a signal while Pulumi runs', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends after Pulumi: %s', async (signal) => {
    const ends = `trap 'echo the lock is given back; exit 1' INT`;
    tools.use('pulumi', '', 0, `${ends}\necho at work\nwhile :; do sleep 0.1; done`);
    const { child, printed, ended } = command();
    await printed('at work');
    child.kill(signal);
    const { code, output } = await ended;
    expect(output).toMatch(
      /pulumi is asked to stop.*the lock is given back.*staging may be changed in part/s,
    );
    expect(output).toContain('npm run deploy -- staging continues from there');
    expect(output).not.toContain('    at ');
    expect(code).toBe(130);
  });

  it('is interrupted even when Pulumi succeeded', async () => {
    tools.use('pulumi', '', 0, `trap 'exit 0' INT\necho at work\nwhile :; do sleep 0.1; done`);
    const { child, printed, ended } = command();
    await printed('at work');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
  });
});

describe('a program with a time limit', () => {
  it('is terminated when the time is over', async () => {
    expect((await runTool('sleep', ['3600'], { timeoutMs: 1 })).code).not.toBe(0);
  });
});
