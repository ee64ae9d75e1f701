import { describe, expect, it } from 'vitest';
import { echoReplies } from '../../app/backend/sample-replies.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { realClock } from '../fakes/real-clock.ts';
import { startSystem } from '../fakes/system.ts';

const PERSON = '15550001111';

/** Two processes on one database; the first one is stopped in the middle of its work, and wakes too late. */
describe('a process that sleeps past its lease', { timeout: 120_000 }, () => {
  it('while the assistant answers it: another one answers, and it says nothing when it wakes', async () => {
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
    const sleeper = await system.startApp();
    simulator.say(PERSON, 'How is the night prayer prayed?');
    await simulator.idle();
    await firstAsked;
    sleeper.freeze();
    await system.startApp();
    await simulator.replies.reached(PERSON, 1);
    sleeper.resume();
    // The sleeper gets its answer now; when a later message is answered, it has long tried to say it.
    await sleeper.terminate();
    simulator.say(PERSON, 'And in Ramadan?');
    const replies = await simulator.replies.reached(PERSON, 2);
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringContaining('night prayer'),
      expect.stringContaining('Ramadan'),
    ]);
    expect(system.logs()).toContain('"outcome":"lost"');
  });

  it('while WhatsApp answers its send: the other one learns from the status that it was sent', async () => {
    const system = await startSystem({
      folder: temporaryFolder(),
      simulator: { faults: [{ kind: 'slow', ms: 3_000, next: 1 }] },
    });
    const { simulator } = system;
    const sleeper = await system.startApp();
    const sent = simulator.replies.reached(PERSON, 1).then(() => sleeper.freeze());
    simulator.say(PERSON, 'How is the night prayer prayed?');
    await sent;
    await system.startApp();
    system.hangUp();
    // Waits behind the turn of the sleeper: answered by the other one, once that turn is settled.
    simulator.say(PERSON, 'And in Ramadan?');
    await simulator.replies.reached(PERSON, 2);
    sleeper.resume();
    await sleeper.terminate();
    await simulator.idle();
    const replies = simulator.replies.list(PERSON);
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringContaining('night prayer'),
      expect.stringContaining('Ramadan'),
    ]);
  });

  it('right after its 200: another one answers', async () => {
    const system = await startSystem({
      folder: temporaryFolder(),
      // Time to stop it before its turn begins.
      environment: { BATCH_WINDOW_SECONDS: '4' },
    });
    const { simulator } = system;
    const sleeper = await system.startApp();
    simulator.say(PERSON, 'How is the night prayer prayed?');
    await simulator.idle();
    sleeper.freeze();
    expect(simulator.replies.list(PERSON)).toEqual([]);
    await system.startApp();
    await simulator.replies.reached(PERSON, 1);
    sleeper.resume();
    await sleeper.terminate();
    expect(simulator.replies.list(PERSON)).toHaveLength(1);
  });
});
