import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../support/command.ts';
import { buildKubernetes, defaultMinor, isOlder, kubernetesMinors, minorOf } from '../build.ts';
import { startTimeoutMs } from './patience.ts';

describe('building Kubernetes', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virtkit-build-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const buildWithOnly = async (go?: string): Promise<unknown> => {
    if (go !== undefined) {
      await writeFile(join(folder, 'go'), go);
      await chmod(join(folder, 'go'), 0o755);
    }
    vi.stubEnv('PATH', folder);
    try {
      return await buildKubernetes('1.36', ['etcd'], { cache: join(folder, 'cache') });
    } finally {
      vi.unstubAllEnvs();
    }
  };

  it('says how to get Go where it is missing, or too old', async () => {
    await expect(buildWithOnly()).rejects.toThrow(/^Go is missing.*https:\/\/go\.dev\/dl\//);
    await expect(buildWithOnly('#!/bin/sh\necho go1.20.14\n')).rejects.toThrow(
      /^Go 1\.26\S* is needed.*this is go1\.20\.14.*https:\/\/go\.dev\/dl\//,
    );
  });

  it('leaves nothing that looks built when the compiler fails', async () => {
    const go = '#!/bin/sh\n[ "$1" = env ] && echo go1.99 && exit\necho does not compile >&2; exit 1\n';
    await expect(buildWithOnly(go)).rejects.toThrow('does not compile');
    await expect(buildWithOnly(go)).rejects.toThrow('does not compile');
  });

  it.each([
    ['1.26.0', '1.26.0', false],
    ['1.26.8', '1.26.0', false],
    ['1.25.9', '1.26.0', true],
    ['1.26', '1.26.0', false],
    ['1.27rc1', '1.26.0', false],
    ['1.9', '1.10', true],
    ['2.0', '1.26.0', false],
  ])('Go %s, with %s wanted, is too old: %s', (version, wanted, older) => {
    expect(isOlder(version, wanted)).toBe(older);
  });

  it(
    'gives programs that know their version',
    async () => {
      const built = await buildKubernetes(defaultMinor, ['kube-apiserver'], { onProgress: console.log });
      expect(built.version).toMatch(new RegExp(`^${defaultMinor.replace('.', '\\.')}\\.\\d+$`));
      const { stdout } = await run([join(built.folder, 'kube-apiserver'), '--version']);
      expect(stdout).toBe(`Kubernetes v${built.version}\n`);
    },
    startTimeoutMs,
  );

  it('is of one of the versions that are there', () => {
    expect(kubernetesMinors.map((minor) => minorOf(minor))).toEqual(kubernetesMinors);
    expect(() => minorOf('1.20')).toThrow(`only ${kubernetesMinors.join(' and ')}`);
  });
});
