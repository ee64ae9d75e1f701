import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deliver } from '../../fakes/delivery.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { oddBody } from '../../fakes/odd-bodies.ts';
import { startSystem } from '../../fakes/system.ts';

it('whatever is signed is answered 200, breaks nothing, and the next message is answered', {
  timeout: 120_000,
}, async () => {
  const system = await startSystem({ folder: temporaryFolder() });
  const app = await system.startApp();
  await fc.assert(
    fc.asyncProperty(oddBody, async (body) => {
      const answer = await deliver(app.url, body);
      await answer.arrayBuffer();
      expect(answer.status).toBe(200);
    }),
    { numRuns: 200 },
  );
  system.simulator.say('15550007777', 'Are you well?');
  await system.simulator.replies.reached('15550007777', 1);
  expect(system.logs()).not.toContain('"level":"error"');
});
