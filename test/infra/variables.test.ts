import { describe, expect, it } from 'vitest';
import { VARIABLES as APPLICATION, readConfig } from '../../app/config.ts';
import { kebabCase, NOT_IN_AWS, VARIABLES } from '../../infra/variables.ts';
import { PLAIN, SECRETS } from './configurations.ts';
import { ENVIRONMENTS, one, RECORDINGS } from './graph.ts';
import { delivered, differences } from './join.ts';
import type { Name } from './record-all.ts';

/** The application's own table. Where a secret is none, it says so by leaving the word out. */
const OF_APPLICATION = APPLICATION.map(({ name, secret }) => ({ name, secret: secret === true }));

describe('the variables', () => {
  it('are those of the application', () => {
    expect(differences(OF_APPLICATION)).toEqual([]);
  });

  it('are compared by name and by secrecy', () => {
    expect(differences([...OF_APPLICATION, { name: 'NEW', secret: false }])).toEqual([
      expect.stringContaining('NEW is known'),
    ]);
    expect(differences(OF_APPLICATION.filter(({ name }) => name !== 'QUEUE'))).toEqual([
      'QUEUE is not known to the application',
    ]);
    expect(differences(OF_APPLICATION.map((variable) => ({ ...variable, secret: false })))).toHaveLength(10);
  });

  it.each(ENVIRONMENTS)(
    'that are given reach the programs that read them, and nothing else does: %s',
    (name) => {
      const given = new Set([
        ...Object.keys(PLAIN),
        ...Object.keys(SECRETS),
        ...(name.endsWith('apprunner') ? ['PUBLIC_URL'] : []),
      ]);
      for (const program of ['door', 'worker'] as const) {
        const expected = VARIABLES.filter(
          ({ name: variable, readBy, fixed }) => readBy.includes(program) && (fixed || given.has(variable)),
        );
        expect(delivered(RECORDINGS[name], program).sort()).toEqual(
          expected.map((variable) => variable.name).sort(),
        );
      }
    },
  );

  it.each(ENVIRONMENTS)('are enough for both programs to start: %s', (name) => {
    for (const program of ['door', 'worker'] as const) {
      const given = Object.fromEntries(
        delivered(RECORDINGS[name], program).map((variable) => [variable, valueIn(name, variable)]),
      );
      // Lambda sets it itself.
      const config = readConfig({ AWS_REGION: 'us-west-2', ...given });
      expect(config).toMatchObject({
        deployment: RECORDINGS[name].stack,
        store: { kind: 'dynamodb' },
        queue: { kind: 'sqs' },
      });
      expect(config.warnings).toEqual([]);
    }
  });

  it.each([
    { ASSISTANT: 'openai' },
    { BUSINESSES: 'mongodb' },
    { TWILIO_ACCOUNT_SID: 'AC1' },
    { TWILIO_WHATSAPP_NUMBER: '+14155238886' },
  ])('must be there here when they must be there in the application: %o', (chosen) => {
    const fixed = VARIABLES.filter((variable) => variable.fixed).map((variable) => variable.name);
    const ours = VARIABLES.filter(({ needed }) => needed?.(chosen)).map((variable) => variable.name);
    const env = { DEPLOYMENT_TYPE: 'staging', STORE: 'dynamodb', QUEUE: 'sqs', ...chosen };
    expect([...ours].filter((variable) => variable !== 'BACKEND_SERVER_URL').sort()).toEqual(
      missingIn(env)
        .filter((variable) => !fixed.includes(variable))
        .concat(Object.keys(chosen).filter((variable) => ours.includes(variable)))
        .sort(),
    );
  });

  it('stand in one table once', () => {
    const names = [...VARIABLES.map(({ name }) => name), ...NOT_IN_AWS];
    expect(new Set(names).size).toBe(names.length);
  });
});

/** What a parameter of a recorded environment holds; of a secret, anything that looks like one. */
function valueIn(name: Name, variable: string): string {
  const { inputs } = one(name, 'aws:ssm/parameter:Parameter', kebabCase(variable));
  return inputs.type === 'SecureString' ? 'a-secret-of-a-test' : String(inputs.insecureValue);
}

/** The variables that the application says are missing. */
function missingIn(env: Readonly<Record<string, string>>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return [...String(error).matchAll(/([A-Z_]+) is missing/g)].map(([, variable = '']) => variable);
  }
}
