import { describe, expect, it } from 'vitest';
import { echoReplies } from '#app/backend/sample-replies.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { realClock } from '../fakes/real-clock.ts';
import { startSystem } from '../fakes/system.ts';

const PERSON = '15550001111';

/** Two processes on one database. The first one is stopped during its work, and resumes after its lease has expired. */
describe('a process that is stopped past its lease', { timeout: 120_000 }, () => {
  it('while the assistant answers: another process replies, and the first one sends nothing after it resumes', async () => {
    let asked = () => {};
    const firstAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const echo = echoReplies({ clock: realClock, wordMs: 300 });
    const system = await startSystem({
      folder: temporaryFolder(),
      replies: (...question) => {
        asked();
        return echo(...question);
      },
    });
    const { simulator } = system;
    const stopped = await system.startApp();
    simulator.say(PERSON, 'How is the night prayer prayed?');
    await simulator.idle();
    await firstAsked;
    stopped.freeze();
    await system.startApp();
    await simulator.replies.reached(PERSON, 1);
    stopped.resume();
    // The stopped process gets its answer now. It has tried to send it before a later message is answered.
    await stopped.terminate();
    simulator.say(PERSON, 'And in Ramadan?');
    const replies = await simulator.replies.reached(PERSON, 2);
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringContaining('night prayer'),
      expect.stringContaining('Ramadan'),
    ]);
    expect(system.logs()).toContain('"outcome":"lost"');
  });

  it('during a send: the other process learns from the status that the part was sent', async () => {
    const system = await startSystem({
      folder: temporaryFolder(),
      simulator: { faults: [{ kind: 'slow', ms: 3_000, next: 1 }] },
    });
    const { simulator } = system;
    const stopped = await system.startApp();
    const sent = simulator.replies.reached(PERSON, 1).then(() => stopped.freeze());
    simulator.say(PERSON, 'How is the night prayer prayed?');
    await sent;
    await system.startApp();
    system.closeConnections();
    // Waits behind the turn of the stopped process, and is answered when that turn is finished.
    simulator.say(PERSON, 'And in Ramadan?');
    await simulator.replies.reached(PERSON, 2);
    stopped.resume();
    await stopped.terminate();
    await simulator.idle();
    const replies = simulator.replies.list(PERSON);
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringContaining('night prayer'),
      expect.stringContaining('Ramadan'),
    ]);
  });

  it('right after its 200: another process replies', async () => {
    const system = await startSystem({
      folder: temporaryFolder(),
      // Long enough to stop the process before its turn begins.
      environment: { BATCH_WINDOW_SECONDS: '4' },
    });
    const { simulator } = system;
    const stopped = await system.startApp();
    simulator.say(PERSON, 'How is the night prayer prayed?');
    await simulator.idle();
    stopped.freeze();
    expect(simulator.replies.list(PERSON)).toEqual([]);
    await system.startApp();
    await simulator.replies.reached(PERSON, 1);
    stopped.resume();
    await stopped.terminate();
    expect(simulator.replies.list(PERSON)).toHaveLength(1);
  });
});
