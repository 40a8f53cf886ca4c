import { expect, it } from 'vitest';
import type { CoreEvent, KubernetesObject } from '@virtkit/core-types';
import {
  createEventRecorder,
  ManualClock,
  settle,
  type ClientSet,
  type ObjectClient,
} from '../../src/runtime/index.ts';

class EventServer implements ClientSet {
  readonly events: CoreEvent[] = [];
  patches = 0;

  resource<T extends KubernetesObject>(): ObjectClient<T> {
    const refuse = () => Promise.reject(new Error('not used by the recorder'));
    const client: ObjectClient<CoreEvent> = {
      create: async (event) => {
        this.events.push(event);
        return event;
      },
      patch: async (name, patch) => {
        this.patches++;
        const event = this.events.find(({ metadata }) => metadata.name === name)!;
        return Object.assign(event, patch.type === 'merge' ? patch.body : {});
      },
      get: refuse,
      delete: refuse,
      subresource: refuse,
      list: refuse,
      watch: () => {
        throw new Error('not used by the recorder');
      },
    };
    // The recorder asks for events only.
    return client as ObjectClient<KubernetesObject> as ObjectClient<T>;
  }
}

const vm = { metadata: { name: 'vm', namespace: 'default', uid: 'uid' } };
const type = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine' };
const warning = (message: string) => ({ type: 'Warning' as const, reason: 'FailedCreate', message });

function start() {
  const [server, clock] = [new EventServer(), new ManualClock()];
  return { server, clock, recorder: createEventRecorder({ client: server, clock, component: 'test' }) };
}

it('writes warnings at once and Normal events after a while', async () => {
  const { server, clock, recorder } = start();
  recorder.record(vm, type, { type: 'Normal', reason: 'SuccessfulCreate', message: 'created' });
  await settle();
  expect(server.events).toEqual([]);
  await clock.advance(5_000);
  expect(server.events).toHaveLength(1);
  expect(server.events[0]).toMatchObject({
    involvedObject: { kind: 'VirtualMachine', name: 'vm', uid: 'uid' },
    reason: 'SuccessfulCreate',
    source: { component: 'test' },
    count: 1,
  });
  recorder.record(vm, type, warning('no'));
  await settle();
  expect(server.events).toHaveLength(2);
});

it('counts repetitions up instead of writing them anew', async () => {
  const { server, recorder } = start();
  for (let i = 0; i < 3; i++) {
    recorder.record(vm, type, warning('no'));
    await recorder.flush();
  }
  expect(server.events).toHaveLength(1);
  expect(server.events[0]?.count).toBe(3);
});

it('combines many similar events into one', async () => {
  const { server, recorder } = start();
  for (let i = 0; i < 15; i++) recorder.record(vm, type, warning(`no ${i}`));
  await recorder.flush();
  expect(server.events).toHaveLength(10);
  expect(server.events.at(-1)?.message).toContain('similar');
});

it('gives each object a budget that refills slowly', async () => {
  const { server, clock, recorder } = start();
  for (let i = 0; i < 40; i++) recorder.record(vm, type, warning('no'));
  await recorder.flush();
  const total = () => server.events.reduce((sum, { count }) => sum + (count ?? 0), 0);
  expect(total()).toBe(25);
  await clock.advance(5 * 60_000);
  for (let i = 0; i < 3; i++) recorder.record(vm, type, warning('no'));
  await recorder.flush();
  expect(total()).toBe(26);
  recorder.record({ metadata: { ...vm.metadata, uid: 'another' } }, type, warning('no'));
  await recorder.flush();
  expect(total()).toBe(27);
});

it('writes what waits when it is disposed', async () => {
  const { server, recorder } = start();
  recorder.record(vm, type, { type: 'Normal', reason: 'SuccessfulCreate', message: 'created' });
  await recorder[Symbol.asyncDispose]();
  expect(server.events).toHaveLength(1);
});
