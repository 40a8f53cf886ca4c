import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderedText, renderManifests } from '../src/commands/render.ts';
import { standInUuid } from '../src/render/stand-in-facts.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtkit-render-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const instance = (spec: string) => `apiVersion: kubevirt.io/v1
kind: VirtualMachineInstance
metadata: { name: guest }
spec:
${spec}`;

const plain = instance('  domain: { memory: { guest: 64Mi }, devices: {} }\n');
const examples = fileURLToPath(new URL('../../../examples', import.meta.url));

describe('what is rendered', () => {
  test('an instance, with the defaults of its architecture', async () => {
    const path = await file('guest.yaml', plain);
    const architectures = { amd64: 'x86_64', arm64: 'aarch64', s390x: 's390x' };
    for (const [architecture, machine] of Object.entries(architectures)) {
      const [rendered] = await renderManifests([path], { architecture });
      expect(rendered?.machineSpec.architecture).toBe(machine);
      expect(rendered?.xml).toContain(`arch="${machine}"`);
      expect(rendered?.pod.spec.nodeSelector).toMatchObject({ 'kubernetes.io/arch': architecture });
    }
  });

  test('a machine with its instance type, as its next start makes it', async () => {
    const [rendered] = await renderManifests([join(examples, 'manifests/instancetype.yaml')], {});
    expect(rendered).toMatchObject({
      kind: 'VirtualMachine',
      name: 'instancetype',
      machineSpec: { cpu: { sockets: 1, cores: 2 }, memory: { sizeBytes: 192 * 1024 * 1024 } },
      instance: { metadata: { annotations: { 'kubevirt.io/instancetype-name': 'small' } } },
    });
  });

  test('every example, the same each time', async () => {
    const once = await renderManifests([examples], { recursive: true });
    expect(once.length).toBeGreaterThanOrEqual(40);
    for (const { name, xml, pod } of once) {
      expect([name, xml]).toEqual([name, expect.stringContaining('<domain type="kvm"')]);
      expect(pod.metadata.labels).toMatchObject({ 'kubevirt.io': 'virt-launcher' });
    }
    expect(await renderManifests([examples], { recursive: true })).toEqual(once);
  });

  test('what no platform of this version carries out, too', async () => {
    const path = await file(
      'claim.yaml',
      instance(`  domain:
    memory: { guest: 64Mi }
    devices:
      tpm: { persistent: true }
      gpus: [{ name: gpu, deviceName: vendor.example/gpu }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: claim } }]
`),
    );
    const [rendered] = await renderManifests([path], {});
    expect(rendered?.xml).toContain('tpm-crb');
    expect(rendered?.xml).toContain('<hostdev');
    expect(rendered?.pod.spec.volumes).toContainEqual(
      expect.objectContaining({ persistentVolumeClaim: { claimName: 'claim' } }),
    );
  });

  test('with facts of a real node instead of stand-ins', async () => {
    const path = await file('guest.yaml', plain);
    const factsFile = await file(
      'facts.yaml',
      'interfaces: { default: { backend: { kind: tap, device: tap-of-mine }, mtu: 9000 } }\n',
    );
    const [rendered] = await renderManifests([path], { factsFile });
    expect(rendered?.machineSpec.interfaces).toMatchObject([
      { backend: { device: 'tap-of-mine' }, mtu: 9000 },
    ]);
  });
});

describe('what cannot be', () => {
  test.each([
    [
      'refused.yaml',
      instance('  hostname: Not.A.Label\n  domain: { devices: {} }\n'),
      'refused',
      'spec.hostname: ',
    ],
    ['broken.yaml', 'kind: [\n', 'invalid-input', 'broken.yaml:2: '],
    ['service.yaml', 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n', 'not-found', 'VirtualMachine'],
    [
      'type.yaml',
      'apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: m}\nspec: {runStrategy: Halted, instancetype: {name: absent}, template: {spec: {domain: {devices: {}}}}}\n',
      'refused',
      'absent',
    ],
  ])('%s says where and why', async (name, text, code, words) => {
    const path = await file(name, text);
    const refusal: unknown = await renderManifests([path], {}).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code });
    expect((refusal as Error).message).toContain(words);
  });
});

test('the text has a title for each part, unless there is one part only', async () => {
  const rendered = await renderManifests([await file('guest.yaml', plain)], {});
  expect(renderedText(rendered, ['xml'])).toMatch(/^<domain /);
  expect(renderedText(rendered, ['pod'])).toMatch(/^apiVersion: v1\nkind: Pod\n/);
  const all = renderedText(rendered, ['spec', 'xml', 'pod']);
  for (const part of ['machine spec', 'libvirt domain', 'launcher Pod'])
    expect(all).toContain(`default/guest: ${part}`);
});

test('stand-in identities are UUIDs, the same for the same text', () => {
  expect(standInUuid('a')).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(standInUuid('a')).toBe(standInUuid('a'));
  expect(standInUuid('a')).not.toBe(standInUuid('b'));
});
