import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const files = readdirSync(join(root, 'infra'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('cli/'))
  .map((path) => join('infra', path));

it('infra imports only the table of variables, its rules and names of metrics from the application', () => {
  const imports = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import\(|import)\s*'(\.[^']+)'/g)]
      .map(([, target = '']) => relative(root, resolve(root, dirname(file), target)))
      .filter((target) => !target.startsWith('infra/'))
      .map((target) => ({ file, target })),
  );
  expect(imports.length).toBeGreaterThan(0);
  const allowed = /^app\/(config\/|metrics\/embedded-names\.ts$)/;
  expect(imports.filter(({ target }) => !allowed.test(target))).toEqual([]);
});

it('the program does not import the commands', () => {
  const knowing = files.filter((file) =>
    /from '\.{1,2}\/(?:[\w./-]*\/)?cli\//.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(knowing).toEqual([]);
});
