// Tells which files of the addon and of sanitizers the process has loaded.
import { readFileSync } from 'node:fs';
import { loadBinding } from '../../../src/native/index.ts';

loadBinding();
const files =
  readFileSync('/proc/self/maps', 'utf8').match(/libasan|libubsan|[^/\n]*\/virtkit_native\.node/g) ?? [];
console.log(JSON.stringify([...new Set(files)].sort()));
