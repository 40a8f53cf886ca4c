import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { condition, NodeFixture } from './support/node-fixture.ts';
import { eventually } from './support/scratch.ts';

let node: NodeFixture;

beforeEach(async () => {
  node = await NodeFixture.start();
  await node.startKubelet({ volumeRefreshMs: 300 });
});

afterEach(() => node[Symbol.asyncDispose]());

const none = { processes: [], namespaces: [], folders: [] };
const leaksNothing = () =>
  eventually('nothing is left', async () => JSON.stringify(await node.leaks()) === JSON.stringify(none));

describe('a Pod on the embedded kubelet', () => {
  it('becomes Running and Ready with one write, and leaves nothing when it is deleted', async () => {
    node.writes.length = 0;
    const created = await node.createPod('a', { script: 'echo hello; id -u; exec sleep 1000' });
    const pod = await node.podThat('a', 'is ready', (seen) => condition(seen, 'Ready') === 'True');
    expect(pod.status).toMatchObject({ phase: 'Running', qosClass: 'BestEffort' });
    expect(pod.status?.podIP).toMatch(/^10\./);
    expect(pod.status?.containerStatuses?.[0]).toMatchObject({ name: 'main', ready: true, restartCount: 0 });
    expect(node.writes.filter((one) => one.includes('pods'))).toEqual(['create pods', 'patch pods/status']);
    await eventually('the log', async () => (await node.log('a')) === 'hello\n0\n');
    await node.client.pods.delete('a', { namespace: 'default' });
    await node.podIsGone('a');
    await leaksNothing();
    expect(created.metadata.uid).toBe(pod.metadata.uid);
  });

  it('is of a node that is ready, with a lease that says it lives', async () => {
    const found = await node.client.nodes.get(node.nodeName);
    expect(found.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(found.status?.allocatable).toMatchObject({ pods: '110' });
    expect(found.metadata.labels).toMatchObject({
      'kubernetes.io/hostname': node.nodeName,
      'kubernetes.io/os': 'linux',
    });
    const lease = await eventually('the lease', async () =>
      (await node.client.leases.list({ namespace: 'kube-node-lease' })).items.find(
        ({ metadata }) => metadata.name === node.nodeName,
      ),
    );
    expect(lease.spec?.holderIdentity).toBe(node.nodeName);
  });

  it('is Succeeded or Failed as its container ends', async () => {
    await node.createPod('good', { script: 'exit 0', restartPolicy: 'Never' });
    await node.createPod('bad', { script: 'exit 4', restartPolicy: 'Never' });
    await node.podThat('good', 'succeeded', (pod) => pod.status?.phase === 'Succeeded');
    const bad = await node.podThat('bad', 'failed', (pod) => pod.status?.phase === 'Failed');
    expect(bad.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: 4,
      reason: 'Error',
    });
    expect(condition(bad, 'Ready')).toBe('False');
    const { processes, namespaces } = await node.leaks();
    expect({ processes, namespaces }).toEqual({ processes: [], namespaces: [] });
  });

  it('starts an ended container again, keeps its log, and then backs off', async () => {
    await node.createPod('again', { script: 'echo run; exit 1' });
    const pod = await node.podThat(
      'again',
      'backs off',
      (seen) => seen.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
    );
    expect(pod.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 1 } },
    });
    expect(await node.log('again', '?previous=true')).toBe('run\n');
  });

  it('runs init containers in order, and a sidecar beside the others', async () => {
    const shell = (name: string, script: string) => ({
      name,
      image: 'test/host:1',
      command: ['my-shell', '-c', script],
      volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
    });
    await node.createPod('ordered', {
      restartPolicy: 'Never',
      volumes: [{ name: 'shared', emptyDir: {} }],
      initContainers: [
        shell('first', 'echo 1 >>/shared/order'),
        { ...shell('side', 'echo 2 >>/shared/order; exec sleep 1000'), restartPolicy: 'Always' },
        shell('third', 'while ! grep -q 2 /shared/order; do sleep 0.05; done; echo 3 >>/shared/order'),
      ],
      containers: [shell('main', 'cat /shared/order')],
    });
    const pod = await node.podThat('ordered', 'succeeded', (seen) => seen.status?.phase === 'Succeeded');
    expect(await node.log('ordered', '?container=main')).toBe('1\n2\n3\n');
    expect(condition(pod, 'Initialized')).toBe('True');
    expect((await node.leaks()).processes).toEqual([]);
  });

  it('gives SIGTERM a chance and then kills', async () => {
    await node.createPod('polite', {
      script: 'trap "echo bye >/out/bye; exit 0" TERM; echo up; while :; do sleep 0.1; done',
      volumes: [{ name: 'out', hostPath: { path: node.scratch.folder } }],
      containers: [
        {
          name: 'main',
          image: 'test/host:1',
          command: [
            '/bin/sh',
            '-c',
            'trap "echo bye >/out/bye; exit 0" TERM; echo up; while :; do sleep 0.1; done',
          ],
          volumeMounts: [{ name: 'out', mountPath: '/out' }],
        },
      ],
    });
    await node.createPod('stubborn', {
      script: 'trap "" TERM; echo up; while :; do sleep 0.1; done',
      terminationGracePeriodSeconds: 1,
    });
    for (const name of ['polite', 'stubborn']) {
      await node.podThat(name, 'runs', (pod) => pod.status?.phase === 'Running');
      await eventually('the trap is set', async () => (await node.log(name)).includes('up'));
      await node.client.pods.delete(name, { namespace: 'default' });
    }
    await Promise.all([node.podIsGone('polite'), node.podIsGone('stubborn')]);
    expect(await readFile(join(node.scratch.folder, 'bye'), 'utf8')).toBe('bye\n');
    await leaksNothing();
  });

  it('passes environment, configuration and fields of the Pod', async () => {
    await node.client.configMaps.create({
      metadata: { name: 'cm', namespace: 'default' },
      data: { key: 'value', 'file.txt': 'text' },
    });
    await node.client.secrets.create({
      metadata: { name: 'sec', namespace: 'default' },
      data: { pass: Buffer.from('word').toString('base64') },
    });
    await node.createPod('env', {
      restartPolicy: 'Never',
      volumes: [
        { name: 'cm', configMap: { name: 'cm' } },
        { name: 'sec', secret: { secretName: 'sec' } },
      ],
      containers: [
        {
          name: 'main',
          image: 'test/host:1',
          command: ['/bin/sh', '-c', 'echo "$A $B $NAME $1"; cat /cm/file.txt /one/pass; ls /one/none', 'sh'],
          args: ['$(A)-$$(A)'],
          env: [
            { name: 'A', value: 'one' },
            { name: 'B', valueFrom: { secretKeyRef: { name: 'sec', key: 'pass' } } },
            { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
          volumeMounts: [
            { name: 'cm', mountPath: '/cm' },
            { name: 'sec', mountPath: '/one/pass', subPath: 'pass' },
            { name: 'sec', mountPath: '/one/none', subPath: 'none' },
          ],
        },
      ],
    });
    await node.podThat('env', 'succeeded', (pod) => pod.status?.phase === 'Succeeded');
    expect(await node.log('env')).toBe('one word env one-$(A)\ntextword');
  });

  it('shows running containers what became of a Secret, whole files at a time', async () => {
    const { secrets } = node.client;
    const encoded = (text: string) => Buffer.from(text).toString('base64');
    await secrets.create({
      metadata: { name: 'changing', namespace: 'default' },
      data: { a: encoded('one'), b: encoded('two') },
    });
    await node.createPod('watching', {
      volumes: [{ name: 'sec', secret: { secretName: 'changing' } }],
      containers: [
        {
          name: 'main',
          image: 'test/host:1',
          command: ['/bin/sh', '-c', 'while :; do echo $(cd /sec; grep . *); sleep 0.2; done'],
          volumeMounts: [{ name: 'sec', mountPath: '/sec' }],
        },
      ],
    });
    await node.podThat('watching', 'runs', (pod) => pod.status?.phase === 'Running');
    const said = async (line: string) => (await node.log('watching')).split('\n').includes(line);
    await eventually('the Secret as it is', () => said('a:one b:two'));
    const change = { data: { a: encoded('three'), b: null } };
    await secrets.patch('changing', { type: 'merge', body: change }, { namespace: 'default' });
    await eventually('the Secret as it became', () => said('three'));
    const lines = new Set((await node.log('watching')).trim().split('\n'));
    expect([...lines].filter((line) => !['a:one b:two', 'a:three b:two', 'three'].includes(line))).toEqual(
      [],
    );
  });

  it('waits with ErrImagePull for an image that is not there, and names the way to load it', async () => {
    await node.createPod('pull', { containers: [{ name: 'main', image: 'example.com/missing:1' }] });
    const pod = await node.podThat(
      'pull',
      'waits',
      (seen) => seen.status?.containerStatuses?.[0]?.state?.waiting !== undefined,
    );
    const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting;
    expect(waiting?.reason).toBe('ErrImagePull');
    expect(waiting?.message).toContain('virtkit image load');
    expect(pod.status?.phase).toBe('Pending');
  });

  it.each([
    ['a missing program', { command: ['/no/such/program'] }, 'RunContainerError'],
    [
      'a missing ConfigMap',
      { command: ['true'], envFrom: [{ configMapRef: { name: 'none' } }] },
      'CreateContainerConfigError',
    ],
    [
      'root where it must not be',
      { command: ['true'], securityContext: { runAsNonRoot: true } },
      'CreateContainerConfigError',
    ],
    ['a bad image name', { command: ['true'], image: 'UPPER/CASE' }, 'InvalidImageName'],
  ])('waits with a reason for %s', async (_what, container, reason) => {
    await node.createPod('wrong', { containers: [{ name: 'main', image: 'test/host:1', ...container }] });
    await node.podThat(
      'wrong',
      reason,
      (pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === reason,
    );
  });

  it('refuses what it does not carry, with the path of the field', async () => {
    await node.createPod('refused', {
      hostPID: true,
      volumes: [{ name: 'v', csi: { driver: 'x' } }],
    });
    const pod = await node.podThat('refused', 'failed', (seen) => seen.status?.phase === 'Failed');
    expect(pod.status?.reason).toBe('UnsupportedFeature');
    expect(pod.status?.message).toContain('spec.hostPID, spec.volumes[0].csi');
  });

  it('is ready when its probe and its readiness gates say so', async () => {
    await node.createPod('gated', {
      readinessGates: [{ conditionType: 'example.com/open' }],
      containers: [
        {
          name: 'main',
          image: 'test/host:1',
          command: ['/bin/sh', '-c', 'touch /tmp/ready; exec sleep 1000'],
          readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 },
        },
      ],
    });
    await node.podThat(
      'gated',
      'has ready containers',
      (pod) => condition(pod, 'ContainersReady') === 'True',
    );
    const conditions = [{ type: 'example.com/open', status: 'True' }];
    await node.client.pods.patch(
      'gated',
      { type: 'strategic', body: { status: { conditions } } },
      { namespace: 'default', subresource: 'status' },
    );
    const pod = await node.podThat('gated', 'is ready', (seen) => condition(seen, 'Ready') === 'True');
    expect(condition(pod, 'example.com/open')).toBe('True');
  });

  it('starts a container again that is not alive', async () => {
    await node.createPod('dying', {
      containers: [
        {
          name: 'main',
          image: 'test/host:1',
          command: ['sleep', '1000'],
          livenessProbe: { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 },
        },
      ],
    });
    await node.podThat(
      'dying',
      'was started again',
      (pod) => (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) >= 1,
    );
  });

  it('follows, limits and stamps logs', async () => {
    await node.createPod('logs', {
      script: 'for i in 1 2 3 4 5; do echo line $i; done; sleep 0.5; echo end',
      restartPolicy: 'Never',
    });
    await node.podThat('logs', 'runs or ended', (pod) => pod.status?.phase !== 'Pending');
    expect(await node.log('logs', '?follow=true')).toBe('line 1\nline 2\nline 3\nline 4\nline 5\nend\n');
    expect(await node.log('logs', '?tailLines=2')).toBe('line 5\nend\n');
    expect(await node.log('logs', '?limitBytes=6')).toBe('line 1');
    expect(await node.log('logs', '?timestamps=true&tailLines=1')).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z end\n$/,
    );
    await expect(node.log('logs', '?container=none')).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describe('a restarted kubelet', () => {
  it('takes running Pods over, learns how others ended, and ends those whose object is gone', async () => {
    await node.createPod('stays', { script: 'echo once; exec sleep 1000' });
    await node.createPod('ends', {
      script: 'while [ ! -e /tmp/x ]; do sleep 0.1; done',
      restartPolicy: 'Never',
    });
    await node.createPod('orphan', {});
    for (const name of ['stays', 'ends', 'orphan'])
      await node.podThat(name, 'runs', (pod) => pod.status?.phase === 'Running');
    await node.stopKubelet();
    const ends = await node.client.pods.get('ends', { namespace: 'default' });
    await node.client.pods.delete('orphan', { namespace: 'default', gracePeriodSeconds: 0 });
    await endProgram(ends.metadata.uid!);
    await node.startKubelet();
    const ended = await node.podThat('ends', 'ended', (pod) => pod.status?.phase === 'Failed');
    expect(ended.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(143);
    const stays = await node.podThat('stays', 'still runs', (pod) => condition(pod, 'Ready') === 'True');
    expect(stays.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    expect(await node.log('stays')).toBe('once\n');
    await eventually('the orphan is gone', async () => (await node.leaks()).folders.length === 2);
    expect((await node.leaks()).namespaces).toHaveLength(1);
  });

  /** SIGTERM to a program of a Pod, as somebody else on the machine might send it. */
  async function endProgram(uid: string): Promise<void> {
    const { ContainerProcess } = await import('../src/sandbox/container-process.ts');
    const { layoutOf } = await import('../src/state/layout.ts');
    const process = await ContainerProcess.open(
      `${uid}/main/0`,
      layoutOf(node.root).pod(uid).attempt('main', 0),
    );
    await process!.signal('SIGTERM');
    await process!.waitForExit();
  }
});
