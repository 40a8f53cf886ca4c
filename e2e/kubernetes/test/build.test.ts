import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

describe('what is pinned', () => {
  const folder = join(import.meta.dirname, '../modules');

  /** The versions that a go.mod leads to, replacements applied. */
  const versionsIn = async (module: string): Promise<Map<string, string>> => {
    const goMod = await readFile(join(folder, module, 'go.mod'), 'utf8');
    const required = goMod.matchAll(/^(?:require |\t)(\S+) (v\S+)(?: \/\/ indirect)?$/gm);
    const replaced = goMod.matchAll(/^\t(\S+) => \1 (v\S+)$/gm);
    return new Map([...required, ...replaced].map(([, path, version]) => [path!, version!]));
  };

  it('has one version of what several programs need, so that it is compiled once', async () => {
    const names = (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() && entry.name !== 'kubernetes-1.35')
      .map(({ name }) => name);
    expect(names).toContain(`kubernetes-${kubernetesMinors[0]}`);
    const versions = new Map<string, Map<string, string[]>>();
    for (const name of names)
      for (const [path, version] of await versionsIn(name)) {
        const users = versions.get(path) ?? new Map<string, string[]>();
        users.set(version, [...(users.get(version) ?? []), name]);
        versions.set(path, users);
      }
    expect([...versions.get('k8s.io/client-go')!.values()].map((users) => users.sort())).toEqual([
      names.sort(),
    ]);
    const several = [...versions].filter(([, users]) => users.size > 1).map(([path]) => path);
    // See modules/pin-containerd.sh.
    expect(several, 'written by modules/share-versions.sh').toEqual([
      'go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp',
    ]);
  });
});
