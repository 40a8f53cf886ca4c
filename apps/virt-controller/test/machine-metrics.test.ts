import { describe, expect, it } from 'vitest';
import { labelFilter } from '../src/metrics/label-filter.ts';
import { families, told, vm, web, withTemplate, type Contents } from './metric-contents.ts';

describe('metrics of machines', () => {
  it.each<[string, string, Contents, string[]]>([
    ['nothing', 'kubevirt_vm_info', {}, []],
    ['without status', 'kubevirt_vm_info', { machines: [vm()] }, [`${web} status_group=<unknown> 1`]],
    [
      'with everything',
      'kubevirt_vm_info',
      {
        machines: [
          {
            ...withTemplate((template) => {
              template.metadata = {
                annotations: {
                  'vm.kubevirt.io/os': 'linux',
                  'vm.kubevirt.io/workload': 'server',
                  'vm.kubevirt.io/flavor': 'small',
                },
              };
              template.spec!.domain.machine = { type: 'q35' };
            }),
            status: { printableStatus: 'Stopped' },
          },
        ],
      },
      [
        `${web} os=linux workload=server flavor=small machine_type=q35 status=stopped status_group=non_running 1`,
      ],
    ],
    [
      'of an instance type that came with the installation, and a preference of somebody’s own',
      'kubevirt_vm_info',
      {
        machines: [
          vm(
            { printableStatus: 'Running' },
            { instancetype: { name: 'u1.small' }, preference: { name: 'mine' } },
          ),
        ],
      },
      [`${web} instance_type=u1.small preference=<other> status=running status_group=running 1`],
    ],
    [
      'that waits for a receiver',
      'kubevirt_vm_info',
      { machines: [vm({ printableStatus: 'WaitingForReceiver' })] },
      [`${web} status=waitingforreceiver status_group=<unknown> 1`],
    ],
    [
      'a NIC on the network of Pods',
      'kubevirt_vm_vnic_info',
      { machines: [vm()] },
      [
        `${web} vnic_name=default binding_type=core binding_name=masquerade network=pod networking model=<none> 1`,
      ],
    ],
    [
      'NICs of a plug-in and of Multus, one without a network, one whose binding is none of these',
      'kubevirt_vm_vnic_info',
      {
        machines: [
          withTemplate(({ spec }) => {
            spec!.domain.devices.interfaces = [
              { name: 'a', binding: { name: 'passt' }, model: 'e1000' },
              { name: 'b', bridge: {} },
              { name: 'c', masquerade: {} },
              { name: 'd', slirp: {} },
            ];
            spec!.networks = [
              { name: 'a', pod: {} },
              { name: 'b', multus: { networkName: 'net' } },
              { name: 'd', pod: {} },
            ];
          }),
        ],
      },
      [
        `${web} vnic_name=a binding_type=plugin binding_name=passt network=pod networking model=e1000 1`,
        `${web} vnic_name=b binding_type=core binding_name=bridge network=net model=<none> 1`,
      ],
    ],
    [
      'the time of creation',
      'kubevirt_vm_create_date_timestamp_seconds',
      { machines: [{ ...vm(), metadata: { name: 'web', creationTimestamp: '2026-01-01T00:00:00Z' } }] },
      ['name=web 1767225600'],
    ],
    [
      'memory of the guest, no CPUs',
      'kubevirt_vm_resource_requests',
      { machines: [vm()] },
      [
        `${web} resource=memory unit=bytes source=guest 134217728`,
        `${web} resource=memory unit=bytes source=guest_effective 134217728`,
        `${web} resource=cpu unit=cores source=default 1`,
        `${web} resource=cpu unit=threads source=default 1`,
        `${web} resource=cpu unit=sockets source=default 1`,
        `${web} resource=cpu unit=cores source=guest_effective 1`,
      ],
    ],
    [
      'requests and huge pages, a topology',
      'kubevirt_vm_resource_requests',
      {
        machines: [
          withTemplate(({ spec }) => {
            spec!.domain.memory = { hugepages: { pageSize: '2Mi' } };
            spec!.domain.cpu = { cores: 2, sockets: 3 };
            spec!.domain.resources = { requests: { memory: '64Mi', cpu: '1500m' } };
          }),
        ],
      },
      [
        `${web} resource=memory unit=bytes source=domain 67108864`,
        `${web} resource=memory unit=bytes source=hugepages 2097152`,
        `${web} resource=memory unit=bytes source=guest_effective 67108864`,
        `${web} resource=cpu unit=cores source=domain 2`,
        `${web} resource=cpu unit=sockets source=domain 3`,
        `${web} resource=cpu unit=cores source=requests 1.5`,
        `${web} resource=cpu unit=cores source=guest_effective 6`,
      ],
    ],
    [
      'a request of CPUs alone, rounded up for the guest',
      'kubevirt_vm_resource_requests',
      {
        machines: [
          withTemplate(({ spec }) => {
            spec!.domain.memory = {};
            spec!.domain.resources = { requests: { cpu: '1500m' } };
          }),
        ],
      },
      [
        `${web} resource=cpu unit=cores source=requests 1.5`,
        `${web} resource=cpu unit=cores source=guest_effective 2`,
      ],
    ],
    ['no limits', 'kubevirt_vm_resource_limits', { machines: [vm()] }, []],
    [
      'limits',
      'kubevirt_vm_resource_limits',
      {
        machines: [
          withTemplate(({ spec }) => {
            spec!.domain.resources = { limits: { memory: '1Gi', cpu: '250m' } };
          }),
        ],
      },
      [`${web} resource=memory unit=bytes 1073741824`, `${web} resource=cpu unit=cores 0.25`],
    ],
    [
      'disks of claims and templates; what asks for nothing known is left out',
      'kubevirt_vm_disk_allocated_size_bytes',
      {
        machines: [
          {
            ...withTemplate(({ spec }) => {
              spec!.volumes = [
                { name: 'root', dataVolume: { name: 'dv' } },
                { name: 'data', persistentVolumeClaim: { claimName: 'claim' } },
                { name: 'lost', persistentVolumeClaim: { claimName: 'missing' } },
                { name: 'seed', containerDisk: { image: 'i' } },
              ];
            }),
          },
        ].map((one) => ({
          ...one,
          spec: {
            ...one.spec,
            dataVolumeTemplates: [
              {
                metadata: { name: 'dv' },
                spec: { storage: { resources: { requests: { storage: '2Gi' } } } },
              },
            ],
          },
        })),
        claims: [
          {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            metadata: { name: 'claim' },
            spec: { volumeMode: 'Block', resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
      [
        `${web} persistentvolumeclaim=dv device=root 2147483648`,
        `${web} persistentvolumeclaim=claim volume_mode=Block device=data 1073741824`,
      ],
    ],
    ['no labels', 'kubevirt_vm_labels', { machines: [vm()] }, []],
    [
      'labels of the machine under those of its template',
      'kubevirt_vm_labels',
      {
        machines: [
          {
            ...withTemplate((template) => {
              template.metadata = { labels: { 'app.kubernetes.io/name': 'shop', tier: 'front' } };
            }),
            metadata: { name: 'web', namespace: 'default', labels: { tier: 'back', secret: 'x' } },
          },
        ],
        labels: { ignorelist: 'secret, other' },
      },
      [`${web} label_tier=front label_app_kubernetes_io_name=shop 1`],
    ],
  ])('%s: %s', (_name, metric, contents, expected) => {
    expect(told(metric, contents)).toEqual(expected);
  });

  it.each([
    ['Starting', 'starting'],
    ['Running', 'running'],
    ['Migrating', 'migrating'],
    ['Paused', 'non_running'],
    ['ErrorUnschedulable', 'error'],
    ['WaitingForReceiver', 'error'],
  ])('of the times of statuses only that of the group of %s is set', (printableStatus, group) => {
    const condition = (type: string, lastTransitionTime: string) => ({
      type,
      status: 'True',
      lastTransitionTime,
    });
    const status = {
      printableStatus,
      conditions: [
        condition('Ready', '2026-01-01T00:00:00Z'),
        condition('Paused', '2026-01-01T00:00:05Z'),
        condition('LiveMigratable', '2026-01-01T00:01:00Z'),
      ],
    };
    for (const one of ['starting', 'running', 'migrating', 'non_running', 'error']) {
      const metric = `kubevirt_vm_${one}_status_last_transition_timestamp_seconds`;
      expect(families.get(metric)?.type).toBe('counter');
      expect(told(metric, { machines: [vm(status)] })).toEqual([`${web} ${one === group ? 1767225605 : 0}`]);
      expect(told(metric, { machines: [vm({ printableStatus })] })).toEqual([
        `${web} ${one === group ? -1 : 0}`,
      ]);
    }
  });
});

describe('labelFilter', () => {
  it.each([
    [undefined, 'a', true],
    [{ allowlist: 'a,b' }, 'b', true],
    [{ allowlist: 'a,b' }, 'c', false],
    [{ allowlist: '' }, 'a', false],
    [{ allowlist: 'a', ignorelist: 'a' }, 'a', false],
    [{ ignorelist: '*' }, 'a', true],
  ])('%j tells %s: %s', (data, key, expected) => expect(labelFilter(data)(key)).toBe(expected));
});
