import { describe, expect, test } from 'vitest';
import type { KubeVirtSpec } from '@virtkit/core-types';
import { settingsFrom } from '../src/settings.ts';
import { targetOf } from '../src/target.ts';

const defaults = { namespace: 'kubevirt', version: '0.1.0' };

describe('what is to be installed', () => {
  const settings = settingsFrom(
    {
      VIRT_OPERATOR_IMAGE: 'r.test/a/x-virt-operator:2.0.0',
      VIRT_API_IMAGE: 'mirror.test/api@sha256:1',
      OPERATOR_NAMESPACE: 'kv',
      VIRTKIT_VERSION: '2.0.0',
    },
    defaults,
  );
  test.each<[string, KubeVirtSpec, { version: string; registry: string; api: string; handler: string }]>([
    [
      'is what the operator came with',
      {},
      {
        version: '2.0.0',
        registry: 'r.test/a',
        api: 'mirror.test/api@sha256:1',
        handler: 'r.test/a/x-virt-handler:2.0.0',
      },
    ],
    [
      'is of another registry',
      { imageRegistry: 'b.test' },
      {
        version: '2.0.0',
        registry: 'b.test',
        api: 'b.test/x-virt-api:2.0.0',
        handler: 'b.test/x-virt-handler:2.0.0',
      },
    ],
    [
      'is of another version',
      { imageTag: '2.1.0' },
      {
        version: '2.1.0',
        registry: 'r.test/a',
        api: 'r.test/a/x-virt-api:2.1.0',
        handler: 'r.test/a/x-virt-handler:2.1.0',
      },
    ],
  ])('%s', (_name, spec, expected) => {
    const { version, registry, images, namespace } = targetOf({ metadata: {}, spec }, settings, {
      schedulableNodes: 1,
    });
    expect({ version, registry, api: images['virt-api'], handler: images['virt-handler'] }).toEqual(expected);
    expect(namespace).toBe('kv');
  });

  test('without an environment it is this release', () => {
    expect(settingsFrom({}, defaults)).toEqual({
      namespace: 'kubevirt',
      version: '0.1.0',
      operatorImage: 'virtkit.dev/virt-operator:0.1.0',
      images: {},
    });
  });
});
