import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COSTS_KEPT_MONTHS, DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS, TEXT_KEPT_MS } from '#app/domain/retention.ts';
import { openDatabase } from '#app/stores/sqlite/open.ts';
import { AWS_SCENARIOS } from '#scripts/chaos/aws/scenarios.ts';
import { SCENARIOS } from '#scripts/chaos/scenarios.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { missingTests, namedTests } from './named-tests.ts';

const ROOT = join(import.meta.dirname, '../..');

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
    expect(open.filter(([, , shownBy = '']) => !shownBy.startsWith('Not tested: '))).toEqual([]);
  });

  it('names scenarios of npm run chaos that exist', () => {
    const page = readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8');
    const named = [...page.matchAll(/`npm run chaos -- ([a-z][a-z-]*)`/g)].map(([, name = '']) => name);
    const known = [...Object.keys({ ...SCENARIOS, ...AWS_SCENARIOS }), 'endurance'];
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

describe('docs/troubleshooting.md', () => {
  const COMMANDS =
    /^(npm|npx|node|curl|docker|ls|ss|lsof|netstat|sudo|mongosh|file|git|openssl|fuser|head)\b/;

  /** Returns what the programs print according to the page: code of four words or more that is no command. */
  function quotedMessages(): string[] {
    const page = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');
    return [...page.matchAll(/`([^`\n]+)`/g)]
      .map(([, code = '']) => code)
      .filter((code) => !COMMANDS.test(code) && code.split(' ').length >= 4);
  }

  it('quotes messages that the programs have', () => {
    const files = ['app', 'scripts', 'infra/cli'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true })
        .map((name) => join(ROOT, folder, String(name)))
        .filter((path) => path.endsWith('.ts')),
    );
    const sources = files.map((path) => readFileSync(path, 'utf8')).join('\n');
    const quoted = quotedMessages();
    expect(quoted.length).toBeGreaterThan(8);
    const unknown = quoted.filter((message) =>
      message.split('…').some((piece) => !sources.includes(piece.trim())),
    );
    expect(unknown).toEqual([]);
  });
});

describe('docs/glossary.md', () => {
  it('has each word once, in the order of the alphabet', () => {
    const words = rowsOf('docs/glossary.md').map(([word = '']) => word);
    expect(words.length).toBeGreaterThan(30);
    expect(words).toEqual([...new Set(words)].sort((one, two) => one.localeCompare(two, 'en')));
  });

  it('has the words of the decision about names', () => {
    const decided = rowsOf('docs/decisions/0016-names-are-the-fields-words.md').flatMap(([words = '']) =>
      words.replace(/ \(.*\)/, '').split(', '),
    );
    const glossary = rowsOf('docs/glossary.md').flatMap(([words = '']) => words.split(', '));
    expect(decided.length).toBeGreaterThan(15);
    // Written out there as "fence (fencing token)".
    expect(decided.filter((word) => word !== 'fence' && !glossary.includes(word))).toEqual([]);
  });
});

describe('CHANGELOG.md', () => {
  it('says what an operator does when upgrading, with the schema that this version writes', () => {
    const [, newest = ''] = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').split(/^## /m);
    const parts = newest.split(/^### /m).map((part) => part.split('\n', 1)[0]);
    expect(parts.slice(1)).toEqual(['Upgrading', 'Changes']);
    const database = openDatabase(join(temporaryFolder(), 'new.db'));
    const schema = database.prepare('PRAGMA user_version').get()?.user_version;
    database.close();
    expect(newest.split(/^### /m)[1]).toContain(`schema ${schema} `);
  });
});
