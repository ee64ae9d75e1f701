import { describe, expect, it } from 'vitest';
import type { Program } from '#app/config/variable.ts';
import { readConfig } from '#app/config.ts';
import { kebabCase, missingVariables, VARIABLES } from '#infra/variables.ts';
import { PLAIN, SECRETS } from './configurations.ts';
import { ENVIRONMENTS, one, RECORDINGS } from './graph.ts';
import { variablesOf } from './program-variables.ts';
import type { Name } from './record-all.ts';

const PROGRAMS: readonly Program[] = ['web service', 'worker'];

describe('the variables', () => {
  it.each(ENVIRONMENTS)(
    'that have a value are exactly the parameters of the programs that read them: %s',
    (name) => {
      const given = new Set([
        ...Object.keys(PLAIN),
        ...Object.keys(SECRETS),
        ...(name.endsWith('apprunner') ? ['PUBLIC_URL'] : []),
      ]);
      for (const program of PROGRAMS) {
        const expected = VARIABLES.filter(
          ({ name: variable, readBy, ...row }) =>
            readBy.includes(program) &&
            (row.setBy === 'infra' || row.default !== undefined || given.has(variable)),
        );
        expect(variablesOf(RECORDINGS[name], program).sort()).toEqual(
          expected.map((variable) => variable.name).sort(),
        );
      }
    },
  );

  it.each(ENVIRONMENTS)('are enough for both programs to start: %s', (name) => {
    for (const program of PROGRAMS) {
      const given = Object.fromEntries(
        variablesOf(RECORDINGS[name], program).map((variable) => [variable, valueIn(name, variable)]),
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
    { TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef' },
    { TWILIO_WHATSAPP_NUMBER: '+14155238886' },
    { TWILIO_AUTH_TOKEN: 'a-secret-of-a-test' },
  ])('that a stack requires are those that the programs report as missing: %o', (chosen) => {
    const required = missingVariables(chosen).map(({ name }) => name);
    const setByInfra = VARIABLES.filter(({ setBy }) => setBy === 'infra').map(({ name }) => name);
    const env = { DEPLOYMENT_TYPE: 'staging', STORE: 'dynamodb', QUEUE: 'sqs', ...chosen };
    expect(required.filter((name) => name !== 'BACKEND_SERVER_URL').sort()).toEqual(
      missingIn(env)
        .filter((name) => !setByInfra.includes(name))
        .sort(),
    );
  });

  it('with a default for this machine are required', () => {
    expect(missingVariables({}).map(({ name }) => name)).toContain('BACKEND_SERVER_URL');
    expect(missingVariables({ ASSISTANT: 'echo' }).map(({ name }) => name)).not.toContain(
      'BACKEND_SERVER_URL',
    );
  });

  it('that may be required are read by both programs, which validate every variable', () => {
    const readByOne = VARIABLES.filter(({ readBy }) => readBy.length < PROGRAMS.length);
    expect(readByOne.filter(({ requiredWhen }) => requiredWhen !== undefined)).toEqual([]);
  });

  it('that are secret have no default, which a parameter would show', () => {
    const secrets = VARIABLES.filter(({ secret }) => secret !== undefined);
    expect(secrets.filter((variable) => variable.default !== undefined)).toEqual([]);
    expect(secrets.filter(({ setBy }) => setBy === 'infra')).toEqual([]);
  });
});

/** Returns the value of a parameter in a recorded environment; for a secret, a placeholder. */
function valueIn(name: Name, variable: string): string {
  const { inputs } = one(name, 'aws:ssm/parameter:Parameter', kebabCase(variable));
  return inputs.type === 'SecureString' ? 'a-secret-of-a-test' : String(inputs.insecureValue);
}

/** Returns the variables that the application reports as missing. */
function missingIn(env: Readonly<Record<string, string>>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return [...String(error).matchAll(/([A-Z_]+) is missing/g)].map(([, variable = '']) => variable);
  }
}
