import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '../src/index.ts';
import { widgetDefinition } from './support/fixtures.ts';

let plane: ControlPlane;
let directory: string;

beforeAll(async () => {
  plane = await startControlPlane({ crds: [widgetDefinition()] });
  directory = await mkdtemp(join(tmpdir(), 'virtkit-kubectl-'));
  await writeFile(join(directory, 'kubeconfig'), plane.kubeconfig());
});

afterAll(async () => {
  await plane.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs kubectl; a machine without it fails the test and is told what to install. */
function kubectl(...args: string[]): Promise<Result> {
  const options = {
    env: {
      ...process.env,
      KUBECONFIG: join(directory, 'kubeconfig'),
      HOME: directory,
      KUBE_EDITOR: `sed -i s/size:.*/size:\\ 7/`,
    },
  };
  return new Promise((resolve, reject) => {
    execFile('kubectl', args, options, (error, stdout, stderr) => {
      if (error !== null && error.code === 'ENOENT')
        reject(
          new Error(
            'kubectl is not installed: run "apt-get install kubernetes-client" (Debian), or see https://kubernetes.io/docs/tasks/tools/',
          ),
        );
      else resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

async function file(name: string, content: unknown): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function succeeds(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl(...args);
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

const WIDGET = (spec: string) =>
  `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {${spec}}\n`;
const POD = (image: string) => `apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: p}}
spec:
  containers:
  - {name: one, image: "${image}", env: [{name: A, value: a}]}
  - {name: two, image: "busybox:1"}
`;

describe('kubectl', () => {
  test('api-resources, explain, auth whoami', async () => {
    expect(await succeeds('api-resources')).toMatch(/widgets +wd +example.com\/v1 +true +Widget/);
    expect(await succeeds('explain', 'widget.spec.size')).toContain('Edge length in centimetres.');
    expect(await succeeds('explain', 'pod.spec.containers.env.name')).toContain('Name of the variable.');
    expect(await succeeds('auth', 'whoami')).toContain('kubernetes-admin');
  });

  test('apply creates, is idempotent, merges lists by key and keeps what others have set', async () => {
    const path = await file('pod.yaml', POD('busybox:1'));
    expect(await succeeds('apply', '-f', path)).toContain('pod/p created');
    expect(await succeeds('apply', '-f', path)).toContain('pod/p unchanged');
    await succeeds('annotate', 'pod', 'p', 'note=kept');
    await file('pod.yaml', POD('busybox:2'));
    expect(await succeeds('apply', '-f', path)).toContain('pod/p configured');
    const images = await succeeds(
      'get',
      'pod',
      'p',
      '-o',
      'jsonpath={.spec.containers[*].image} {.metadata.annotations.note}',
    );
    expect(images).toBe('busybox:2 busybox:1 kept');
    expect(await succeeds('get', 'pods', '-o', 'wide')).toMatch(
      /NAME +READY +STATUS +RESTARTS +AGE +IP +NODE .*\np +0\/2 +Pending/,
    );
    expect(await succeeds('describe', 'pod', 'p')).toContain('Image:      busybox:2');
  });

  test('custom resources: apply, get, describe, scale, edit, patch, wait, delete', async () => {
    const path = await file('widget.yaml', WIDGET('size: 2'));
    await succeeds('apply', '-f', path);
    await file('widget.yaml', WIDGET('size: 3'));
    expect(await succeeds('apply', '-f', path)).toContain('configured');
    expect(await succeeds('get', 'wd')).toMatch(/NAME +SIZE +PHASE +AGE\nw +3 +\d+s/);
    expect(await succeeds('describe', 'widget', 'w')).toMatch(/Size: +3/);
    await succeeds('scale', 'widget', 'w', '--replicas=4');
    await succeeds('wait', 'widget/w', '--for=jsonpath={.spec.replicas}=4', '--timeout=10s');
    await succeeds('patch', 'widget', 'w', '--type=merge', '-p', '{"spec":{"colour":"green"}}');
    await succeeds('edit', 'widget', 'w');
    expect(
      await succeeds('get', 'widget', 'w', '-o', 'jsonpath={.spec.size} {.spec.colour} {.spec.replicas}'),
    ).toBe('7 green 4');
    await succeeds('wait', 'crd/widgets.example.com', '--for=condition=Established', '--timeout=10s');
    await succeeds('delete', 'widget', 'w');
    expect((await kubectl('get', 'widget', 'w')).stderr).toContain('NotFound');
  });

  test('create in all its forms', async () => {
    await succeeds('create', 'namespace', 'team');
    await succeeds('create', 'configmap', 'c', '--from-literal=a=b', '-n', 'team');
    await succeeds('create', 'secret', 'generic', 's', '--from-literal=a=b', '-n', 'team');
    await succeeds('create', 'serviceaccount', 'sa', '-n', 'team');
    await succeeds('create', 'service', 'nodeport', 'web', '--tcp=80:8080', '-n', 'team');
    expect(await succeeds('get', 'secret', 's', '-n', 'team', '-o', 'jsonpath={.data.a}')).toBe('Yg==');
    expect(await succeeds('get', 'svc', '-n', 'team')).toMatch(
      /web +NodePort +10\.96\.\d+\.\d+ +<none> +80:3\d{4}\/TCP/,
    );
    await succeeds('delete', 'namespace', 'team');
    expect((await kubectl('get', 'namespace', 'team')).stderr).toContain('NotFound');
  });

  test('bad manifests are refused with the field', async () => {
    const unknown = await kubectl('apply', '-f', await file('unknown.yaml', WIDGET('size: 2, bogus: 1')));
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown field "spec.bogus"') });
    const large = await kubectl('apply', '-f', await file('large.yaml', WIDGET('size: 99')));
    expect(large).toMatchObject({ code: 1, stderr: expect.stringContaining('spec.size') });
    const typo = await kubectl(
      'apply',
      '-f',
      await file('typo.yaml', POD('busybox:1').replace('name: p,', 'name: q,').replace('env:', 'emv:')),
    );
    expect(typo).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('unknown field "spec.containers[0].emv"'),
    });
  });

  test('apply --server-side makes, changes, refuses conflicts and forces', async () => {
    const manifest = (size: number, label = 'a') =>
      file('ssa.yaml', WIDGET(`size: ${size}`).replace('name: w', `name: ssa, labels: {l: ${label}}`));
    const apply = ['apply', '--server-side', '-f'];
    expect(await succeeds(...apply, await manifest(2))).toContain(
      'widget.example.com/ssa serverside-applied',
    );
    await succeeds(...apply, await manifest(3));
    await succeeds('label', 'widget', 'ssa', 'l=b', '--overwrite');
    const refused = await kubectl(...apply, await manifest(3));
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'conflict with "kubectl-label" using example.com/v1: .metadata.labels.l',
      ),
    });
    await succeeds(...apply, await manifest(4), '--force-conflicts');
    expect(await succeeds('get', 'widget', 'ssa', '-o', 'jsonpath={.spec.size} {.metadata.labels.l}')).toBe(
      '4 a',
    );
    const owners = await succeeds('get', 'widget', 'ssa', '-o', 'yaml', '--show-managed-fields');
    expect(owners).toContain('operation: Apply');
    expect(await succeeds('diff', '--server-side', '-f', await manifest(4))).toBe('');
  });

  test('events are shown, and found by describe', async () => {
    await succeeds('create', 'configmap', 'subject');
    const uid = await succeeds('get', 'configmap', 'subject', '-o', 'jsonpath={.metadata.uid}');
    await succeeds(
      'create',
      '-f',
      await file('event.json', {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'subject.1', namespace: 'default' },
        type: 'Warning',
        reason: 'Bent',
        message: 'it bent',
        involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', name: 'subject', namespace: 'default', uid },
        lastTimestamp: '2026-01-01T00:00:00Z',
        count: 1,
      }),
    );
    expect(await succeeds('get', 'events')).toMatch(/Warning +Bent +configmap\/subject +it bent/);
    expect(await succeeds('events')).toContain('it bent');
    expect(
      await succeeds('get', 'events.events.k8s.io', 'subject.1', '-o', 'jsonpath={.note} {.regarding.name}'),
    ).toBe('it bent subject');
    expect(await succeeds('describe', 'configmap', 'subject')).toContain('it bent');
  });
});
