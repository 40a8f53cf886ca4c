/** Writes the CustomResourceDefinitions of all kinds to `generated/crds`, and nothing else: `npm run generate`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, manifests } from './manifests.ts';

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of manifests()) writeFileSync(join(folder, name), text);
