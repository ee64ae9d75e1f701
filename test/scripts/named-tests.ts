import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');

/** A test file that a document names, as a path below `test/` without its ending, and the tests of it that it quotes. */
export interface NamedTests {
  readonly file: string;
  readonly names: readonly string[];
}

/** Folders below `test/`, and files directly in it. */
const REFERENCE =
  /`((?:app|contracts|engines|infra|scripts)\/[\w./-]+|compose|dependencies|workflows)`((?:,? "[^"]+")*)/g;

/** Returns what the text names, such as `` `app/log` "a line", "an error" ``. A path with an ending is a source, and left out. */
export function namedTests(text: string): NamedTests[] {
  return [...text.replaceAll(/\s+/g, ' ').matchAll(REFERENCE)]
    .map(([, file = '', quoted = '']) => ({
      file,
      names: [...quoted.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
    }))
    .filter(({ file, names }) => names.length > 0 || !/\.\w+$/.test(file));
}

/** Returns what is missing: files that do not exist, and tests that are not in their file. */
export function missingTests(named: readonly NamedTests[]): string[] {
  return named.flatMap(({ file, names }) => {
    const path = [`test/${file}.test.ts`, `test/${file}.ts`].find((one) => existsSync(join(ROOT, one)));
    if (path !== undefined) {
      const titles = titlesOf(path);
      return names.filter((name) => !titles.has(name)).map((name) => `${path}: ${name}`);
    }
    // A folder of tests or of sources.
    const isFolder = [`test/${file}`, file].some((one) => existsSync(join(ROOT, one)));
    return isFolder && names.length === 0 ? [] : [file];
  });
}

const known = new Map<string, ReadonlySet<string>>();

/** Returns the titles of the tests and groups of a file, as they stand in its source. */
function titlesOf(path: string): ReadonlySet<string> {
  let titles = known.get(path);
  if (titles === undefined) {
    titles = readTitles(path);
    known.set(path, titles);
  }
  return titles;
}

function readTitles(path: string): ReadonlySet<string> {
  const titles = new Set<string>();
  const source = ts.createSourceFile(
    path,
    readFileSync(join(ROOT, path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [title] = node.arguments;
      const isTest = /^(it|test|describe)\b/.test(node.expression.getText(source));
      if (isTest && title !== undefined && ts.isStringLiteralLike(title)) titles.add(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}
