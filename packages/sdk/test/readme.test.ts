import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('README', () => {
  it.each(readdirSync(join(root, 'examples')))('shows examples/%s as it is compiled', (file) => {
    const source = readFileSync(join(root, 'examples', file), 'utf8');
    expect(readme).toContain(`\`\`\`ts\n// examples/${file}\n${source}\`\`\``);
  });
});
