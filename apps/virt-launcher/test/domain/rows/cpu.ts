import type { VirtualMachineInstance } from '@virtkit/core-types';
import { onArm64, type Row } from '../row.ts';

type Cpu = NonNullable<VirtualMachineInstance['spec']['domain']['cpu']>;
const cpu = (given: Cpu) => (vmi: VirtualMachineInstance) => (vmi.spec.domain.cpu = given);

/** Virtual CPUs; dedicated ones are a topic of their own. */
export const cpuRows: readonly Row[] = [
  {
    id: 'DOM-2.1',
    what: 'topology, with the CPU limit or request for sockets when nothing is said',
    cases: [
      {
        vmi: cpu({ sockets: 2, cores: 3, threads: 2 }),
        domain: {
          'cpu/topology@sockets': 2,
          'cpu/topology@cores': 3,
          'cpu/topology@threads': 2,
        },
      },
      {
        vmi: cpu({ cores: 4 }),
        domain: { 'cpu/topology@sockets': 1, 'cpu/topology@cores': 4, 'cpu/topology@threads': 1 },
      },
      {
        vmi: ({ spec }) => {
          spec.domain.cpu = {};
          spec.domain.resources = { limits: { cpu: '3' }, requests: { cpu: '2' } };
        },
        domain: { 'cpu/topology@sockets': 3 },
      },
      {
        vmi: ({ spec }) => {
          spec.domain.cpu = {};
          spec.domain.resources = { requests: { cpu: '2' } };
        },
        domain: { 'cpu/topology@sockets': 2 },
      },
    ],
  },
  {
    id: 'DOM-2.2',
    what: 'as many virtual CPUs as the topology has',
    cases: [
      {
        vmi: cpu({ sockets: 2, cores: 3, threads: 2 }),
        domain: { vcpu: 12, 'vcpu@placement': 'static', vcpus: undefined },
      },
    ],
  },
  {
    id: 'DOM-2.3',
    what: 'sockets that can be plugged in later',
    cases: [
      {
        vmi: cpu({ sockets: 1, cores: 2, threads: 1, maxSockets: 3 }),
        domain: {
          'cpu/topology@sockets': 3,
          vcpu: 6,
          'vcpus/vcpu#count': 6,
          'vcpus/vcpu[0]@id': 0,
          'vcpus/vcpu[1]@enabled': 'yes',
          'vcpus/vcpu[1]@hotpluggable': 'no',
          'vcpus/vcpu[2]@enabled': 'no',
          'vcpus/vcpu[2]@hotpluggable': 'yes',
          'vcpus/vcpu[5]@id': 5,
        },
      },
      {
        vmi: (vmi) => {
          onArm64(vmi);
          vmi.spec.domain.cpu!.maxSockets = 3;
        },
        domain: { vcpu: 1, vcpus: undefined },
      },
    ],
  },
  {
    id: 'DOM-2.4',
    what: "the host's model",
    cases: [
      { vmi: cpu({ model: 'host-model' }), domain: { 'cpu@mode': 'host-model' } },
      { vmi: cpu({ model: 'host-passthrough' }), domain: { 'cpu@mode': 'host-passthrough' } },
      {
        vmi: cpu({ model: 'host-model' }),
        context: { virtType: 'qemu' },
        domain: { 'cpu@mode': 'maximum' },
      },
    ],
  },
  {
    id: 'DOM-2.5',
    what: 'a named model',
    cases: [
      {
        vmi: cpu({ model: 'Nehalem' }),
        domain: { 'cpu@mode': 'custom', 'cpu/model': 'Nehalem' },
      },
    ],
  },
  {
    id: 'DOM-2.6',
    what: "no model is the host's",
    cases: [{ vmi: cpu({}), domain: { 'cpu@mode': 'host-model' } }],
  },
  {
    id: 'DOM-2.7',
    what: "a guest of another architecture that wants the host's model gets the fullest",
    cases: [
      {
        vmi: onArm64,
        facts: { architecture: 'x86_64' },
        configuration: { crossArchitecture: true },
        domain: { 'cpu@mode': 'custom', 'cpu/model': 'max' },
      },
    ],
  },
  {
    id: 'DOM-2.8',
    what: 'features as given, in order',
    cases: [
      {
        vmi: cpu({
          model: 'host-model',
          features: [
            { name: 'vmx', policy: 'disable' },
            { name: 'aes', policy: 'require' },
            { name: 'pdpe1gb', policy: 'optional' },
          ],
        }),
        domain: {
          'cpu/feature#count': 3,
          'cpu/feature[0]@name': 'vmx',
          'cpu/feature[0]@policy': 'disable',
          'cpu/feature[1]@name': 'aes',
          'cpu/feature[1]@policy': 'require',
          'cpu/feature[2]@policy': 'optional',
        },
      },
      {
        vmi: cpu({ features: [{ name: 'vmx', policy: 'sometimes' }] }),
        refused: { code: 'invalid', field: 'spec.domain.cpu.features[0].policy' },
      },
    ],
  },
  {
    id: 'DOM-2.9',
    what: 'named models do without MPX unless it is asked for',
    cases: [
      {
        vmi: cpu({ model: 'Skylake-Client' }),
        domain: { 'cpu/feature@name': 'mpx', 'cpu/feature@policy': 'disable' },
      },
      {
        vmi: cpu({ model: 'Skylake-Client', features: [{ name: 'mpx', policy: 'require' }] }),
        domain: { 'cpu/feature#count': 1, 'cpu/feature@policy': 'require' },
      },
      { vmi: cpu({ model: 'host-model' }), domain: { 'cpu/feature': undefined } },
      {
        vmi: (vmi) => {
          onArm64(vmi);
          vmi.spec.domain.cpu = { model: 'cortex-a57' };
        },
        domain: { 'cpu/feature': undefined },
      },
    ],
  },
  {
    id: 'DOM-2.10',
    what: 'memory in a file belongs to one node of the guest',
    cases: [
      {
        vmi: ({ spec }) => {
          spec.domain.cpu = { sockets: 2, cores: 2 };
          spec.domain.memory = { guest: '128Mi', hugepages: { pageSize: '2Mi' } };
        },
        domain: {
          'cpu/numa/cell#count': 1,
          'cpu/numa/cell@id': 0,
          'cpu/numa/cell@cpus': '0-3',
          'cpu/numa/cell@memory': 128 * 2 ** 20,
          'cpu/numa/cell@unit': 'b',
        },
      },
      { domain: { 'cpu/numa': undefined } },
    ],
  },
];
