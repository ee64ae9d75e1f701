import { SCENARIOS, type ScenarioDefinition } from './scenarios.ts';
import { singleProcess } from './single-process.ts';

/** Each delivery is a POST of its own: more people would measure this machine's HTTP client. */
const FEWER_CONVERSATIONS = 200;

/** The scenarios that are not about the Graph API, over Twilio, and one for its own faults. */
export const TWILIO_SCENARIOS: Readonly<Record<string, ScenarioDefinition>> = {
  ...Object.fromEntries(
    Object.entries(SCENARIOS)
      .filter(([key]) => key !== 'graph')
      .map(([key, scenario]) => [
        key,
        overTwilio(key === 'redelivery' ? { ...scenario, conversations: FEWER_CONVERSATIONS } : scenario),
      ]),
  ),
  twilio: {
    name: 'Twilio 429, 63018, 500, 20003, lost, cut and slow answers',
    conversations: 1_000,
    create: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 12_000,
      timeoutMs: 420_000,
      startProcesses: singleProcess(),
      simulator: {
        channel: 'twilio',
        faults: [
          { kind: 'throttled', chance: 0.005, retryAfterSeconds: 1 },
          { kind: 'refuse', code: 63018, chance: 0.002 },
          { kind: 'refuse', code: 20500, chance: 0.03 },
          { kind: 'refuse', code: 20003, next: 1 },
          { kind: 'cut', chance: 0.01 },
          { kind: 'lost', chance: 0.03 },
          { kind: 'slow', ms: 2_000, chance: 0.01 },
          // Accepted, and answered after the app has given up.
          { kind: 'slow', ms: 25_000, next: 2 },
        ],
      },
    }),
  },
};

function overTwilio({ name, conversations, create }: ScenarioDefinition): ScenarioDefinition {
  return {
    name,
    conversations,
    create(count) {
      const scenario = create(count);
      return { ...scenario, simulator: { ...scenario.simulator, channel: 'twilio' } };
    },
  };
}
