import { MachineStatisticsSchema } from '@virtkit/hal';
import { describe, expect, it } from 'vitest';
import { readStatistics } from '../../src/machine/statistics.ts';

const info = { state: 1, maxMemoryKiB: 2048, memoryKiB: 1024, vcpus: 2, cpuTimeNs: 3e9 };
const facts = {
  disks: [
    { id: 'root', target: 'vda' },
    { id: 'seed', target: 'sda' },
  ],
  interfaces: [
    { id: 'default', mac: '02:00:00:00:00:01', linkUp: true, device: 'tap0' },
    { id: 'user', mac: '02:00:00:00:00:02', linkUp: true },
  ],
};
const now = new Date('2026-01-01T00:00:00.000Z');

describe('readStatistics', () => {
  it('reads what libvirt tells of a guest, in seconds and bytes', () => {
    const stats = {
      'cpu.time': 5e9,
      'cpu.user': 3e9,
      'cpu.system': 2e9,
      'vcpu.maximum': 3,
      'vcpu.0.state': 1,
      'vcpu.0.time': 4e9,
      'vcpu.0.wait': 5e8,
      'vcpu.0.delay': 25e7,
      'vcpu.1.state': 7,
      'balloon.current': 1024,
      'balloon.maximum': 2048,
      'balloon.rss': 4096,
      'balloon.swap_in': 1,
      'balloon.major_fault': 12,
      'block.count': 3,
      'block.0.name': 'vda',
      'block.0.backingIndex': 1,
      'block.0.rd.reqs': 10,
      'block.0.rd.bytes': 4096,
      'block.0.rd.times': 1e6,
      'block.0.fl.reqs': 2,
      'block.1.name': 'sda',
      'block.2.name': 'vdz',
      'net.count': 2,
      'net.0.name': 'tap0',
      'net.0.rx.bytes': 100,
      'net.0.rx.drop': -1,
      'net.0.tx.pkts': 7,
      'net.1.name': 'tap9',
    };
    const found = readStatistics(stats, info, facts, now);
    expect(found).toEqual({
      takenAt: '2026-01-01T00:00:00.000Z',
      cpu: { seconds: 5, userSeconds: 3, systemSeconds: 2 },
      vcpus: [
        { id: 0, state: 'running', seconds: 4, waitSeconds: 0.5, delaySeconds: 0.25 },
        { id: 1, state: 'unknown' },
      ],
      memory: {
        residentBytes: 4096 * 1024,
        balloonBytes: 1024 * 1024,
        maximumBytes: 2048 * 1024,
        swappedInBytes: 1024,
        majorFaults: 12,
      },
      disks: [
        { id: 'root', readRequests: 10, readBytes: 4096, readSeconds: 0.001, flushRequests: 2 },
        { id: 'seed' },
      ],
      interfaces: [{ id: 'default', received: { bytes: 100 }, sent: { packets: 7 } }],
    });
    expect(MachineStatisticsSchema.safeParse(found).success).toBe(true);
  });

  it('tells the CPU time where groups of processes are not counted', () => {
    const found = readStatistics({}, info, facts, now);
    expect(found.cpu.seconds).toBe(3);
    expect([found.vcpus, found.disks, found.interfaces]).toEqual([[], [], []]);
  });
});
