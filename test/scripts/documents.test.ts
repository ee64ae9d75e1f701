import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COSTS_KEPT_MONTHS, DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS, TEXT_KEPT_MS } from '#app/domain/retention.ts';
import { AWS_SCENARIOS } from '#scripts/chaos/aws/scenarios.ts';
import { SCENARIOS } from '#scripts/chaos/scenarios.ts';
import { missingTests, namedTests } from './named-tests.ts';

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

/** Returns the rows of all tables of a page, each as its cells, without the heads. */
function rowsOf(page: string): string[][] {
  const lines = readFileSync(join(ROOT, page), 'utf8').split('\n');
  return lines.flatMap((line, at) => {
    const isHead = /^\|[ :|-]+\|$/.test(lines[at + 1] ?? '');
    if (!line.startsWith('|') || isHead || /^\|[ :|-]+\|$/.test(line)) return [];
    return [
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ];
  });
}

describe.each(['docs/reliability.md', 'docs/security.md', 'docs/testing.md'])(
  'the tests named in %s',
  (page) => {
    const named = namedTests(readFileSync(join(ROOT, page), 'utf8'));

    it('exist, by file and by name', () => {
      expect(named.length).toBeGreaterThan(30);
      expect(missingTests(named)).toEqual([]);
    });

    it('would be missed if they did not', () => {
      expect(missingTests(namedTests('`app/no-such-file` "a line", and `app/log` "no such test"'))).toEqual([
        'app/no-such-file',
        'test/app/log.test.ts: no such test',
      ]);
    });
  },
);

describe('docs/reliability.md', () => {
  const rows = rowsOf('docs/reliability.md');

  it('has each property once, in a row of its own', () => {
    const ids = rows.map(([id]) => id).sort((one, two) => Number(one?.slice(1)) - Number(two?.slice(1)));
    expect(ids).toEqual(Array.from({ length: 35 }, (_, at) => `R${at + 1}`));
  });

  it('names a test for each property, or says that there is none', () => {
    const open = rows.filter(([, , shownBy = '']) => namedTests(shownBy).length === 0);
    expect(open.map(([id, , shownBy = '']) => [id, shownBy.slice(0, 11)])).toEqual([['R9', 'Not tested:']]);
  });

  it('names scenarios of npm run chaos that exist', () => {
    const page = readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8');
    const named = [...page.matchAll(/`npm run chaos -- ([a-z][a-z-]*)`/g)].map(([, name = '']) => name);
    const known = Object.keys({ ...SCENARIOS, ...AWS_SCENARIOS });
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('docs/security.md', () => {
  const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');

  it('names a test for each control, or says that it is not done', () => {
    const [, attackers = ''] = page
      .split(/^## /m)
      .filter((section) => /^(What|Who may attack)/.test(section));
    const rows = attackers.split('\n').filter((line) => /^\| (?!control)/.test(line));
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((row) => namedTests(row).length === 0 && !/\| not done: [^|]+\|$/.test(row))).toEqual(
      [],
    );
  });

  it('has the retention periods of the program', () => {
    const days = (ms: number) => `${ms / (24 * 60 * 60 * 1000)} days`;
    const periods = {
      TEXT_KEPT_MS: days(TEXT_KEPT_MS),
      IDS_KEPT_MS: days(IDS_KEPT_MS),
      DEAD_LETTERS_KEPT_MS: days(DEAD_LETTERS_KEPT_MS),
      COSTS_KEPT_MONTHS: `${COSTS_KEPT_MONTHS} months`,
    };
    for (const [name, period] of Object.entries(periods)) {
      const found = rowsOf('docs/security.md').filter(([, , rule]) => rule === `\`${name}\``);
      expect([name, found.length > 0]).toEqual([name, true]);
      for (const [, howLong] of found)
        expect([name, howLong]).toEqual([name, expect.stringContaining(period)]);
    }
  });
});
