import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '../..');

const PAGES = [
  ...['.', 'docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

/** Returns the page without code, in which brackets are not links. */
function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
    .replaceAll(/^ *```[\s\S]*?^ *```/gm, '')
    .replaceAll(/(`+)[^`]+\1/g, (code) => code.replaceAll(/[[\]()]/g, ''));
}

/** Returns the anchor that GitHub generates for a heading. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Returns the anchors of the headings and the explicit ones. */
function anchorsOf(page: string): Set<string> {
  const text = textOf(page);
  const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, value = '']) => value);
  return new Set([...found(/^#+ (.*)$/gm).map(slugOf), ...found(/<a id="([^"]+)">/g)]);
}

const PACKAGE = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

const linksOf = (page: string) =>
  [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

describe.each(PAGES)('%s', (page) => {
  it('has no broken link', () => {
    const broken = linksOf(page).filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
      if (!existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && !anchorsOf(file).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names no npm script that does not exist', () => {
    const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(
      /`npm run [\w:]+` does not exist yet/g,
      '',
    );
    const named = [...text.matchAll(/npm run (?:--silent |-s )?([a-z][\w:]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => PACKAGE.scripts[name] === undefined)).toEqual([]);
  });
});

describe('docs/runbook.md', () => {
  it('links to each of its sections from one of its two indexes', () => {
    const [, byAlarm = '', bySymptom = '', ...sections] = textOf('docs/runbook.md').split(/^## /m);
    expect([byAlarm, bySymptom].map((index) => index.split('\n', 1)[0])).toEqual(['By alarm', 'By symptom']);
    const listed = new Set([...`${byAlarm}${bySymptom}`.matchAll(/\]\(#([^)]+)\)/g)].map(([, slug]) => slug));
    const headings = sections.map((section) => section.split('\n', 1)[0] ?? '');
    expect(headings.length).toBeGreaterThan(20);
    expect(headings.filter((heading) => !listed.has(slugOf(heading)))).toEqual([]);
  });
});
