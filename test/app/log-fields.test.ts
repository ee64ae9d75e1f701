import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Uses the types, so that fields of spread objects count too. */
function fieldsOfLines(): { allowed: Set<string>; written: Set<string> } {
  const { options, fileNames } = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  ) ?? { options: {}, fileNames: [] };
  const app = fileNames.filter((name) => name.startsWith(join(root, 'app/')));
  const program = ts.createProgram(app, options, ownFilesOnly(options));
  const checker = program.getTypeChecker();
  const allowed = new Set<string>();
  const written = new Set<string>();
  const addFields = (type: ts.Type, to: Set<string>) => {
    for (const one of type.isUnion() ? type.types : [type]) {
      for (const { name } of checker.getPropertiesOfType(one)) to.add(name);
    }
  };
  for (const file of program.getSourceFiles()) {
    if (!app.includes(file.fileName)) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isTypeAliasDeclaration(node) && node.name.text === 'Fields') {
        addFields(checker.getTypeAtLocation(node), allowed);
      }
      const fields = ts.isCallExpression(node) && isLogging(node.expression) ? node.arguments[1] : undefined;
      if (fields !== undefined && !file.fileName.endsWith('/app/log.ts')) {
        addFields(checker.getTypeAtLocation(fields), written);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { allowed, written };
}

/** Packages are excluded: reading their types takes four times as long, and they log nothing. */
function ownFilesOnly(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (names, from) =>
    names.map(({ text }) =>
      text.startsWith('.') ? ts.resolveModuleName(text, from, options, host) : { resolvedModule: undefined },
    );
  return host;
}

function isLogging(callee: ts.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(callee) &&
    ['debug', 'info', 'warn', 'error'].includes(callee.name.text) &&
    /(^|\.)log$/.test(callee.expression.getText())
  );
}

it('every allowed field of a log line is written somewhere', () => {
  const { allowed, written } = fieldsOfLines();
  expect(written.size).toBeGreaterThan(15);
  expect([...allowed].filter((name) => !written.has(name))).toEqual([]);
});
