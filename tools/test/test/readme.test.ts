import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('the README of the project', () => {
  it('shows the example that is type-checked', () => {
    const [, ...code] = read('examples/start-a-machine.ts').split('\n');
    expect(read('README.md')).toContain(code.join('\n'));
  });

  it('names make targets that exist', () => {
    const targets = new Set([...read('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name));
    const named = [...read('README.md').matchAll(/make ([a-z-]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(targets).toContain(name);
  });
});
