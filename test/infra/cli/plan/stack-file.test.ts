import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configIn, readConfiguration } from '#infra/cli/plan/stack-file.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'Pulumi.staging.yaml');
  writeFileSync(path, text);
  return path;
}

it('reads the keys of a stack, and ids with every digit', () => {
  const id = '12345678901234567890';
  expect(configIn(fileOf(`config:\n  a:b: {C: ${id}}\n  a:d:\n`))).toEqual({ 'a:b': { C: id }, 'a:d': null });
  expect(configIn(fileOf(''))).toEqual({});
});

it.each(['config: [', 'config: x', '- a'])('reports an unreadable file: %j', (text) => {
  expect(() => configIn(fileOf(text))).toThrow(/^Pulumi.staging.yaml cannot be read: [^\n]+$/);
});

it('leaves a value that is not an object to the program, which reports it', () => {
  const overrides = { environment: 'abc', 'environment.LOGGING_LEVEL': 'warn' };
  expect(readConfiguration('staging', overrides).config['ansari-whatsapp:environment']).toBe('abc');
});

it('keeps the whole name of a variable that is overridden', () => {
  const { config } = readConfiguration('staging', { environment: '{}', 'environment.A.B': '1' });
  expect(JSON.parse(config['ansari-whatsapp:environment'] ?? '')).toMatchObject({ 'A.B': '1' });
});
