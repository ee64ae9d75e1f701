import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readConfig, VARIABLES } from '#app/config.ts';
import { configurationFiles } from '#scripts/configuration.ts';

const files = configurationFiles();

it.each([...files.keys()])('%s is current (npm run docs writes it)', (path) => {
  expect(readFileSync(path, 'utf8')).toBe(files.get(path));
});

it.each([...files.keys()])('%s lists every variable', (path) => {
  const content = files.get(path) ?? '';
  expect(VARIABLES.filter(({ name }) => !content.includes(name))).toEqual([]);
});

it('.env.example is a configuration, with every line uncommented', () => {
  const lines = (files.get('.env.example') ?? '').matchAll(/^#([A-Z_]+)=(.*)$/gm);
  const env = Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
  expect(Object.keys(env)).toHaveLength(VARIABLES.length);
  expect(readConfig(env)).toEqual(readConfig({}));
});
