import type { Pod, VirtualMachineInstance } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { layerMs, StartRecorder, totalMs } from '../src/measurements/start-stages.ts';

const instance = (phase?: string): VirtualMachineInstance => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachineInstance',
  metadata: { name: 'a', uid: 'u' },
  spec: { domain: { devices: {} } },
  ...(phase === undefined ? {} : { status: { phase } }),
});

const pod = (nodeName?: string, phase?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'virt-launcher-a', labels: { 'kubevirt.io/created-by': 'u' } },
  spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) },
  ...(phase === undefined ? {} : { status: { phase } }),
});

describe('stages of a start', () => {
  it('take the time between their moments', () => {
    const recorder = new StartRecorder();
    recorder.requested('a', 100);
    recorder.instance({ type: 'ADDED', object: instance(), at: 110 });
    recorder.pod({ type: 'ADDED', object: pod(), at: 130 });
    recorder.pod({ type: 'MODIFIED', object: pod('n'), at: 160 });
    recorder.pod({ type: 'MODIFIED', object: pod('n', 'Running'), at: 200 });
    recorder.instance({ type: 'MODIFIED', object: instance('Scheduled'), at: 250 });
    expect(recorder.count('running')).toBe(0);
    recorder.instance({ type: 'MODIFIED', object: instance('Running'), at: 310 });
    recorder.instance({ type: 'MODIFIED', object: instance('Running'), at: 400 });
    const record = recorder.records.get('a')!;
    expect(recorder.count('running')).toBe(1);
    expect(totalMs(record)).toBe(210);
    expect(layerMs(record)).toEqual({
      accepted: 10,
      'pod-created': 20,
      'pod-bound': 30,
      'pod-running': 40,
      scheduled: 50,
      running: 60,
    });
  });

  it('add up to the whole although watches arrive in another order', () => {
    const recorder = new StartRecorder();
    recorder.requested('a', 0);
    recorder.pod({ type: 'ADDED', object: pod('n', 'Running'), at: 5 });
    recorder.instance({ type: 'ADDED', object: instance('Running'), at: 20 });
    const record = recorder.records.get('a')!;
    const sum = Object.values(layerMs(record)).reduce((one, other) => one + other, 0);
    expect(sum).toBe(totalMs(record));
  });

  it('leave out instances and Pods of others', () => {
    const recorder = new StartRecorder();
    recorder.instance({ type: 'ADDED', object: instance('Running'), at: 1 });
    recorder.pod({ type: 'ADDED', object: { ...pod(), metadata: { name: 'other' } }, at: 1 });
    expect(recorder.records.size).toBe(0);
  });

  it('have no whole before the machine runs', () => {
    expect(() => totalMs({ requested: 0, seen: new Map() })).toThrow(RangeError);
  });
});
