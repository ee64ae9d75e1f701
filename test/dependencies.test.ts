import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

const textOf = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');

const versions = z.record(z.string(), z.string());
const manifest = z
  .object({ dependencies: versions, devDependencies: versions, optionalDependencies: versions })
  .parse(JSON.parse(textOf('package.json')));

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        dev: z.boolean().default(false),
        integrity: z.string().optional(),
        license: z.string().optional(),
        hasInstallScript: z.boolean().default(false),
      }),
    ),
  })
  .parse(JSON.parse(textOf('package-lock.json')));

/** Every package but this one. */
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
const deployed = packages.filter(([, { dev }]) => !dev);

/** The licences that CI accepts in pull requests: the list is written there once. */
function allowedLicences(): ReadonlySet<string> {
  const step = z.object({ uses: z.string().optional(), with: z.record(z.string(), z.unknown()).optional() });
  const workflow = z.object({ jobs: z.record(z.string(), z.object({ steps: z.array(step) })) });
  const { jobs } = workflow.parse(parse(textOf('.github/workflows/ci.yml')));
  const review = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .find(({ uses }) => uses?.startsWith('actions/dependency-review-action@'));
  return new Set(z.string().parse(review?.with?.['allow-licenses']).split(/,\s*/));
}

/** Returns whether one choice of an SPDX expression consists of allowed licences. Nested brackets count as not allowed. */
function isAllowed(expression: string, allowed: ReadonlySet<string>): boolean {
  const choices = expression.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((licence) => allowed.has(licence)));
}

describe('dependencies', () => {
  it('have exact versions and an integrity', () => {
    const named = Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    });
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(packages.length).toBeGreaterThan(500);
    expect(packages.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-'))).toEqual([]);
  });

  it('run no scripts when they are installed', () => {
    expect(textOf('.npmrc').split('\n')).toContain('ignore-scripts=true');
    // What is deployed has none at all.
    expect(deployed.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });

  it('that reach production have a licence that is allowed', () => {
    const allowed = allowedLicences();
    expect(deployed.length).toBeGreaterThan(100);
    expect(deployed.filter(([, { license = '' }]) => !isAllowed(license, allowed))).toEqual([]);
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND GPL-3.0-only', false],
    ['SEE LICENSE IN LICENSE', false],
    ['', false],
  ])('are judged by their expression: %j', (expression, expected) => {
    expect(isAllowed(expression, new Set(['MIT']))).toBe(expected);
  });
});
