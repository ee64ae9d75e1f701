import { expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startSystem } from '../../fakes/system.ts';

const line = z.looseObject({
  event: z.string(),
  step: z.string().optional(),
  who: z.string().optional(),
  message: z.string().optional(),
  turn: z.string().optional(),
  sent: z.string().optional(),
  outcome: z.string().optional(),
  part: z.number().optional(),
});
type Line = z.infer<typeof line>;

it('a message can be followed from its delivery to the last status of its reply', {
  timeout: 60_000,
}, async () => {
  const system = await startSystem({ folder: temporaryFolder(), environment: { BATCH_WINDOW_SECONDS: '0' } });
  await system.startApp();
  const { simulator } = system;
  simulator.say('15550000001', 'What is zakat?');
  const stepsOf = () =>
    system
      .logs()
      .split('\n')
      .flatMap((text) => (text.startsWith('{') ? [line.parse(JSON.parse(text))] : []))
      .filter(({ event }) => event === 'step');
  await expect
    .poll(() => stepsOf().map(({ outcome }) => outcome), { timeout: 30_000 })
    .toContain('delivered');

  const steps = stepsOf();
  const named = (name: string): Line[] => steps.filter(({ step }) => step === name);
  const [stored] = named('stored');
  const [claimed] = named('claimed');
  expect(stored).toMatchObject({ outcome: 'new' });
  expect(claimed).toMatchObject({ message: stored?.message, attempt: 1 });
  expect([stored?.who, named('woken')[0]?.who]).toEqual([claimed?.who, claimed?.who]);
  expect(steps.map(({ step }) => step).slice(0, 3)).toEqual(['stored', 'woken', 'claimed']);
  const ofTurn = steps.filter(({ turn }) => turn === claimed?.turn).map(({ step }) => step);
  expect(ofTurn.filter((name) => name !== 'status')).toEqual([
    ...['claimed', 'asked', 'first_byte', 'answered', 'written', 'sending', 'sent', 'finished'],
  ]);
  const [sent] = named('sent');
  expect(named('status').map((status) => status.sent)).toEqual(named('status').map(() => sent?.sent));
  expect(named('status')[0]).toMatchObject({ turn: claimed?.turn, part: 0 });

  // One process learns every stage.
  const page = await (await fetch(`${system.apps.at(-1)?.url}/metrics`)).text();
  for (const stage of ['claimed', 'first_byte', 'written', 'first_part', 'delivered'])
    expect(page).toContain(`ansari_whatsapp_turn_stage_seconds_count{stage="${stage}"} 1`);
  expect(page).toContain('ansari_whatsapp_wake_up_seconds_bucket{le="0.01"}');
  expect(page).toMatch(/^ansari_whatsapp_acceptance_seconds_count [1-9]/m);
});
