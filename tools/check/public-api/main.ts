/**
 * Fails when an export that can be reached from a library's entry points (package.json `exports`) has no docstring or
 * has `any` in its type, inferred ones included. Prints one line a finding: `file:line entry: name: what is wrong`.
 */
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './check.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const { findings, exports } = check(root);
for (const { file, line, path, problem } of findings)
  console.error(`${relative(root, file)}:${line} ${path}: ${problem}`);
console.log(`public API: ${exports} exports, ${findings.length} findings`);
if (findings.length > 0) process.exitCode = 1;
