import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { linkTpmState } from '../../src/machine/tpm-state.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tpm-state-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const uuid = '5a9fc181-957e-4c32-9e5a-2de5e9673531';

it('what a TPM keeps is where the spec says, for one daemon after another', async () => {
  const stateFolder = join(root, 'kept');
  const folderOf = (daemon: string) => join(root, daemon, 'libvirt', 'qemu', 'swtpm', uuid);
  await linkTpmState({ configuration: join(root, 'first'), uuid, stateFolder });
  await linkTpmState({ configuration: join(root, 'first'), uuid, stateFolder });
  writeFileSync(join(folderOf('first'), 'state'), 'secret');
  await linkTpmState({ configuration: join(root, 'second'), uuid, stateFolder });
  expect(readFileSync(join(folderOf('second'), 'state'), 'utf8')).toBe('secret');
  await linkTpmState({ configuration: join(root, 'second'), uuid, stateFolder: join(root, 'elsewhere') });
  expect(() => readFileSync(join(folderOf('second'), 'state'))).toThrow(/ENOENT/);
});
