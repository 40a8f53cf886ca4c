import { join } from 'node:path';
import ts from 'typescript';
import { anyIn } from './any-types.ts';
import { isDocumented } from './documentation.ts';
import { entryPoints, type EntryPoint } from './entry-points.ts';
import { publicSymbols } from './public-symbols.ts';
import { unsaidErrors } from './thrown-errors.ts';

/** One thing that is wrong with a public export. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly path: string;
  readonly problem: string;
}

/** Examines every library of the workspace at `root` with the compiler options of its tsconfig.json. */
export function check(root: string): { exports: number; findings: Finding[] } {
  return checkEntryPoints(root, entryPoints(root));
}

/** The same for entry points that are named; `root` is where tsconfig.json stands. */
export function checkEntryPoints(
  root: string,
  entries: readonly EntryPoint[],
): { exports: number; findings: Finding[] } {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic(diagnostic) {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  const program = ts.createProgram(
    entries.map(({ source }) => source),
    { ...config?.options, incremental: false, tsBuildInfoFile: undefined },
  );
  const checker = program.getTypeChecker();
  const symbols = publicSymbols(program, entries);
  const findings: Finding[] = [];
  for (const item of symbols) {
    const file = item.declaration.getSourceFile();
    const report = (problem: string): void => {
      const line = file.getLineAndCharacterOfPosition(item.declaration.getStart()).line + 1;
      findings.push({ file: file.fileName, line, path: item.path, problem });
    };
    if (!isDocumented(checker, item)) report('no docstring');
    for (const error of unsaidErrors(checker, item)) report(`throws ${error} without @throws`);
    if (item.kind === 'export')
      for (const path of anyIn(checker, item)) report(`\`any\` at ${path || 'its type'}`);
  }
  return { exports: symbols.filter(({ kind }) => kind === 'export').length, findings };
}
