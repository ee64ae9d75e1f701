import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deliver } from '../../fakes/delivery.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { oddBody } from '../../fakes/odd-bodies.ts';
import { startSystem } from '../../fakes/system.ts';

it('responds 200 to any signed body, and still answers the next message', {
  timeout: 120_000,
}, async () => {
  const system = await startSystem({ folder: temporaryFolder() });
  const app = await system.startApp();
  await fc.assert(
    fc.asyncProperty(oddBody, async (body) => {
      const response = await deliver(app.url, body);
      await response.arrayBuffer();
      expect(response.status).toBe(200);
    }),
    { numRuns: 200 },
  );
  system.simulator.say('15550007777', 'Are you well?');
  await system.simulator.replies.reached('15550007777', 1);
  expect(system.logs()).not.toContain('"level":"error"');
});
