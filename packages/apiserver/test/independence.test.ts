import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

test('nothing of the package knows of virtual machines', () => {
  expect(sources.length).toBeGreaterThan(50);
  const knowing = sources.filter((file) =>
    /@virtkit\/|kubevirt|virtual ?machine|libvirt|qemu/i.test(readFileSync(join(root, 'src', file), 'utf8')),
  );
  expect(knowing).toEqual([]);
});

test('the package depends on no other of the repository', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect(Object.keys(dependencies).filter((name) => name.startsWith('@virtkit/'))).toEqual([]);
});
