import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../../fakes/program.ts';

const PROGRAM = 'scripts/simulator/index.ts';

describe('node scripts/simulator/index.ts', () => {
  it.each([
    [['--nonsense'], "Unknown option '--nonsense'."],
    [['--port', '0'], 'A port is a number from 1 to 65535, not 0.'],
    [['--seed', 'x'], '--seed is a whole number, not x.'],
    [['--webhook-url', 'x'], '--webhook-url is an http:// or https:// address, not x.'],
    [['--channel', 'sms'], '--channel takes meta or twilio, not sms.'],
    [['now'], 'Unexpected argument: `now`.'],
  ])('rejects %j', async (args, sentence) => {
    expect(await runProgram(PROGRAM, {}, args).ended).toEqual({
      code: 2,
      output: `${sentence}\nSee node ${PROGRAM} --help\n`,
    });
  });

  it('reports a taken port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await runProgram(PROGRAM, {}, ['--port', String(port)]).ended).toEqual({
      code: 1,
      output: `Port ${port} is in use by another program: stop that one, or set --port to another number.\n`,
    });
  });
});
