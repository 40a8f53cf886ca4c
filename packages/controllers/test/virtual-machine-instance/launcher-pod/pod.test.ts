import { describe, expect, it } from 'vitest';
import { Quantity } from '@virtkit/core-types';
import { renderPod } from '../../../src/index.ts';
import { instanceOf } from '../../builders.ts';
import { configured, launcherImage } from './rendering.ts';

const defaults = configured();

const demo = (annotations = {}) =>
  instanceOf(
    { phase: 'Pending', runtimeUser: 107 },
    {
      labels: { app: 'web' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', ...annotations },
    },
    {
      architecture: 'amd64',
      terminationGracePeriodSeconds: 10,
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'vms', operator: 'Exists' }],
      domain: {
        cpu: { sockets: 1, cores: 2, threads: 1 },
        memory: { guest: '1Gi' },
        devices: {
          disks: [
            { name: 'root', disk: { bus: 'virtio' } },
            { name: 'seed', disk: { bus: 'virtio' } },
          ],
          interfaces: [{ name: 'default', masquerade: {}, ports: [{ name: 'http', port: 80 }] }],
        },
      },
      networks: [{ name: 'default', pod: {} }],
      volumes: [
        { name: 'root', containerDisk: { image: 'registry/tiny:1', imagePullPolicy: 'IfNotPresent' } },
        { name: 'seed', cloudInitNoCloud: { secretRef: { name: 'user-data' } } },
        { name: 'scratch', emptyDisk: { capacity: '1Gi' } },
      ],
    },
  );
const render = (instance = demo(), configuration = defaults) =>
  renderPod(instance, { configuration, launcherImage });

describe('launcher pod', () => {
  it('is named after the instance, with an ending that follows from its uid', () => {
    const { name } = render().metadata;
    expect(name).toMatch(/^virt-launcher-vm-[a-z0-9]{5}$/);
    expect(render().metadata.name).toBe(name);
    expect(render({ ...demo(), metadata: { ...demo().metadata, uid: 'next' } }).metadata.name).not.toBe(name);
    const long = { ...demo(), metadata: { ...demo().metadata, name: 'x'.repeat(80) } };
    expect(render(long).metadata.name).toHaveLength(63);
  });

  it('carries the labels and annotations of launcher pods', () => {
    const { labels, annotations, ownerReferences } = render().metadata;
    expect(labels).toEqual({
      app: 'web',
      'kubevirt.io': 'virt-launcher',
      'kubevirt.io/created-by': 'vmi-uid',
      'vm.kubevirt.io/name': 'vm',
      'vmi.kubevirt.io/id': 'vm',
    });
    expect(annotations).toMatchObject({
      'kubevirt.io/domain': 'vm',
      'kubectl.kubernetes.io/default-container': 'compute',
      'kubevirt.io/migrationTransportUnix': 'true',
      'descheduler.alpha.kubernetes.io/request-evict-only': '',
      'istio.io/reroute-virtual-interfaces': 'k6t-eth0',
    });
    expect(Object.keys(annotations!)).not.toContain('kubectl.kubernetes.io/last-applied-configuration');
    expect(ownerReferences).toEqual([
      {
        apiVersion: 'kubevirt.io/v1',
        kind: 'VirtualMachineInstance',
        name: 'vm',
        uid: 'vmi-uid',
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  });

  it('runs the launcher unprivileged, with padded grace periods', () => {
    const { spec } = render();
    const [compute] = spec.containers;
    expect(spec).toMatchObject({
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 40,
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      readinessGates: [{ conditionType: 'kubevirt.io/virtual-machine-unpaused' }],
      securityContext: { runAsUser: 107, runAsGroup: 107, runAsNonRoot: true, fsGroup: 107 },
      tolerations: [{ key: 'vms', operator: 'Exists' }],
    });
    expect(compute!.command).toEqual([
      ...[
        'virt-launcher',
        '--name',
        'vm',
        '--namespace',
        'default',
        '--uid',
        'vmi-uid',
        '--hypervisor',
        'kvm-qemu',
      ],
      ...['--grace-period-seconds', '25', '--socket-dir', '/var/run/kubevirt/sockets'],
    ]);
    expect(compute!.securityContext).toEqual({
      runAsUser: 107,
      runAsGroup: 107,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
    });
    expect(compute!.ports).toEqual([{ name: 'http', containerPort: 80, protocol: 'TCP' }]);
  });

  it('takes a grace period below zero for none', () => {
    const instance = demo();
    instance.spec.terminationGracePeriodSeconds = -100;
    expect(render(instance).spec.terminationGracePeriodSeconds).toBe(30);
  });

  it('selects nodes that offer the hypervisor', () => {
    expect(render().spec.nodeSelector).toEqual({
      'kubevirt.io/schedulable': 'true',
      'virtkit.dev/hypervisor.kvm-qemu': 'true',
      'kubernetes.io/arch': 'amd64',
      disk: 'ssd',
    });
    const mock = render(demo({ 'virtkit.dev/hypervisor': 'mock' }));
    expect(mock.spec.nodeSelector).toHaveProperty(['virtkit.dev/hypervisor.mock'], 'true');
    expect(Object.keys(mock.spec.containers[0]!.resources!.limits!)).toEqual([]);
  });

  it('gives the launcher its folders, images and secrets', () => {
    const { volumes, containers } = render().spec;
    expect(volumes!.map(({ name }) => name)).toEqual([
      ...['private', 'public', 'ephemeral-disks', 'libvirt-runtime', 'sockets', 'virt-bin-share-dir'],
      ...['hotplug-disks', 'root', 'seed-udata'],
    ]);
    expect(volumes!.find(({ name }) => name === 'root')!.image).toEqual({
      reference: 'registry/tiny:1',
      pullPolicy: 'IfNotPresent',
    });
    expect(containers[0]!.volumeMounts!.map(({ mountPath }) => mountPath)).toEqual([
      '/var/run/kubevirt-private',
      '/var/run/kubevirt',
      '/var/run/kubevirt-ephemeral-disks',
      '/var/run/libvirt',
      '/var/run/kubevirt/sockets',
      '/var/run/kubevirt/hotplug-disks',
      '/var/run/kubevirt/container-disks/root',
      '/var/run/kubevirt-private/secret/seed/userdata',
      '/var/run/kubevirt-private/secret/seed/userData',
    ]);
  });

  it('waits for a claim that is not there', () => {
    const instance = demo();
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    expect(() => render({ ...instance, spec: { ...instance.spec, volumes } })).toThrow(
      expect.objectContaining({ code: 'missing-claim', retry: 'backoff' }),
    );
  });

  it('asks for the guest memory and the overhead', () => {
    const { requests, limits } = render().spec.containers[0]!.resources!;
    const mebibyte = 1024 * 1024;
    // 154 MiB of processes, 2 x 8 for vCPUs, 8 for the I/O thread, 32 for video; page tables of 1Gi, in whole kB.
    const pageTables = Math.floor((Math.ceil((1024 * mebibyte) / 1000) * 1000) / 512);
    const overhead = (154 + 16 + 8 + 32) * mebibyte + pageTables;
    expect(render().metadata.annotations!['kubevirt.io/memory-overhead-bytes']).toBe(String(overhead));
    expect(Quantity.parse(requests!['memory']!).toBytes()).toBe(BigInt(1024 * mebibyte + overhead));
    expect(requests).toMatchObject({
      cpu: '200m',
      'ephemeral-storage': '50M',
      'devices.kubevirt.io/kvm': '1',
    });
    expect(limits).toEqual({
      'devices.kubevirt.io/kvm': '1',
      'devices.kubevirt.io/tun': '1',
      'devices.kubevirt.io/vhost-net': '1',
    });
  });

  it('needs neither kvm nor vhost-net where emulation is allowed', () => {
    const emulated = configured({ developerConfiguration: { useEmulation: true } });
    expect(render(demo(), emulated).spec.containers[0]!.resources!.limits).toEqual({
      'devices.kubevirt.io/tun': '1',
    });
  });

  it('waits with its readiness for the guest, when that has a readiness probe', () => {
    const probed = demo();
    probed.spec.readinessProbe = { guestAgentPing: {} };
    expect(render(probed).spec.readinessGates).toEqual([
      { conditionType: 'kubevirt.io/virtual-machine-unpaused' },
      { conditionType: 'virtkit.dev/guest-ready' },
    ]);
  });
});
