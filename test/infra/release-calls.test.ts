/** What the commands of a release ask of AWS, by their imports of its SDK, against the deploy roles. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { ENVIRONMENTS } from '#infra/names.ts';
import { RECORDINGS } from './graph.ts';
import { permissionsOf } from './iam.ts';

const FOLDER = resolve(import.meta.dirname, '../../infra/cli/release');
/** Builds on a machine of a person; a workflow pushes with another role. */
const NOT_DEPLOYING = ['build-image.ts'];
/** The calls that need no permission. */
const FREE = ['sts:GetCallerIdentity'];
/** Packages whose name is not the prefix of their actions. */
const PREFIXES: Readonly<Record<string, string>> = { 'cloudwatch-logs': 'logs', cloudwatch: 'cloudwatch' };

/** `import { GetParametersCommand } from '@aws-sdk/client-ssm'` is `ssm:GetParameters`. */
function actionsIn(source: string): string[] {
  return [...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g)].flatMap(
    ([, names = '', client = '']) =>
      names
        .split(',')
        .map((name) => /^(?:paginate(\w+)|(\w+)Command)$/.exec(name.trim()))
        .flatMap((found) => found?.[1] ?? found?.[2] ?? [])
        .map((operation) => `${PREFIXES[client] ?? client}:${operation}`),
  );
}

it.each(ENVIRONMENTS)('the role of %s may make every call of a release', (stack) => {
  const files = readdirSync(FOLDER).filter((file) => !NOT_DEPLOYING.includes(file));
  const asked = new Set(files.flatMap((file) => actionsIn(readFileSync(join(FOLDER, file), 'utf8'))));
  const permissions = permissionsOf(RECORDINGS.shared, `ansari-whatsapp-deploy-${stack}`);
  const allowed = new Set([...FREE, ...permissions.flatMap(({ Action }) => Action)]);
  expect(asked.size).toBeGreaterThan(12);
  expect([...asked].filter((action) => !allowed.has(action))).toEqual([]);
});
