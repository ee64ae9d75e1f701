import { onTestFinished } from 'vitest';
import type { SimulatorOptions } from '#scripts/simulator/options.ts';
import { createSimulator, type Simulator } from '#scripts/simulator/simulator.ts';
import { type FormApp, startFormApp } from '../../../fakes/form-app.ts';
import { QUICK } from '../start-with-app.ts';

export const AMINA = '15550000001';
export const NOOR = 'US.13491208655302741918';
export const BUSINESS = 'whatsapp:+14155238886';

/** Starts a simulated Twilio with short delays, and the app that it delivers to. */
export async function startTwilio(options: Partial<SimulatorOptions> = {}): Promise<[Simulator, FormApp]> {
  const app = await startFormApp();
  const simulator = await createSimulator({
    ...QUICK,
    channel: 'twilio',
    webhookUrl: `${app.url}/whatsapp/twilio`,
    ...options,
  });
  onTestFinished(async () => {
    await simulator.close();
    await app.close();
  });
  return [simulator, app];
}
