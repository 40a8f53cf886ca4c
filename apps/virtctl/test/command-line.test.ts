import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { runInProcess } from './support/in-process.ts';
import { virtctl } from './support/virtctl.ts';

describe('command line', () => {
  it('shows its usage without arguments', async () => {
    const { code, stdout } = await virtctl([]);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: virtctl');
    expect(stdout).toContain('port-forward');
  });

  it('shows the global flags', async () => {
    const { code, stdout } = await virtctl(['options']);
    expect(code).toBe(0);
    expect(stdout).toContain('--insecure-skip-tls-verify');
  });

  it('tells its own version without a server', async () => {
    const { code, stdout } = await virtctl(['version', '--client']);
    expect(code).toBe(0);
    expect(stdout).toMatch(`Client Version: version.Info{GitVersion:"v${manifest.version}"`);
    expect(stdout).not.toContain('Server Version');
  });

  it.each<[string, string[], RegExp]>([
    ['a mistyped command', ['strat'], /unknown command 'strat'[^]*start[^]*Next step: /],
    ['a mistyped flag', ['start', 'a', '--pause'], /unknown option '--pause'/],
    ['too few operands', ['start'], /^accepts 1 arg\(s\), received 0\n/],
    ['too many operands', ['pause', 'vm', 'a', 'b'], /^accepts 2 arg\(s\), received 3\n/],
    ['a flag without its file', ['vnc', 'screenshot', 'a'], /^required flag\(s\) "file" not set\n/],
    [
      'a grace period without force',
      ['stop', 'a', '--grace-period=0'],
      /^Must both use --force=true and set/,
    ],
    ['force without a grace period', ['restart', 'a', '--force=true'], /^Must both use --force=true and set/],
    ['a switch that is neither on nor off', ['start', 'a', '--paused=maybe'], /"maybe" for "--paused"/],
    ['a number that is none', ['console', 'a', '--timeout', 'soon'], /"soon" for "timeout"/],
    ['a verbosity out of range', ['-v=11', 'version'], /"11" for "-v, --v"/],
    ['an unknown kind', ['pause', 'pod', 'a'], /^unsupported resource type 'pod'/],
    ['a port-forward without ports', ['port-forward', 'vm/a'], /^argument validation failed/],
    ['a target without a kind', ['port-forward', 'a', '1'], /must contain type and name separated by '\/'/],
    ['a target with too many parts', ['port-forward', 'vm/a/b/c', '1'], /more than two '\/'/],
    ['a target with an empty namespace', ['port-forward', 'vm/a/', '1'], /namespace cannot be empty/],
    ['a target of an unknown kind', ['port-forward', 'pod/a', '1'], /unsupported resource type 'pod'/],
    ['a port out of range', ['port-forward', 'vm/a', '80:65536'], /'65536' is not a port/],
    ['an unknown protocol', ['port-forward', 'vm/a', 'sctp/80'], /unknown protocol 'sctp'/],
    ['a copy between two machines', ['scp', 'vm/a:x', 'vm/b:y'], /exactly one of source and destination/],
    [
      'a command that is missing',
      ['guestfs', 'a'],
      /"virtctl guestfs" is not available[^]*Next step: .*guestfish/,
    ],
    [
      'one with flags and sub-command',
      ['vmexport', 'download', 'a', '--output=b'],
      /"virtctl vmexport download" is not available[^]*Next step: /,
    ],
    ['credentials of nobody', ['credentials', 'set-password', 'a', '-p=b'], /flag\(s\) "user" not set/],
    ['no password', ['credentials', 'set-password', 'a', '--user=b'], /flag\(s\) "password" not set/],
    ['no key', ['credentials', 'add-ssh-key', 'a', '-u', 'b'], /one of --file and --value/],
    [
      'two keys',
      ['credentials', 'remove-ssh-key', 'a', '-u', 'b', '--file=c', '--value=d'],
      /one of --file and --value/,
    ],
    [
      'a level out of range',
      ['adm', 'log-verbosity', '--virt-api=11'],
      /^virt-api: log verbosity must be 0-9/,
    ],
    ['no level', ['adm', 'log-verbosity'], /no flag specified/],
    [
      'levels to show and to set',
      ['adm', 'log-verbosity', '--virt-api', '--virt-handler=3'],
      /only show or set/,
    ],
    ['all levels and none', ['adm', 'log-verbosity', '--all=3', '--reset'], /exclude each other/],
    ['an unknown kind to expose', ['expose', 'pod', 'a', '--name=b'], /^unsupported resource type: pod/],
    ['a Service without name', ['expose', 'vm', 'a'], /^required flag\(s\) "name" not set/],
    ['a volume without name', ['addvolume', 'a'], /^required flag\(s\) "volume-name" not set/],
    [
      'a bus that is none',
      ['addvolume', 'a', '--volume-name=b', '--bus=ide'],
      /^invalid bus "ide" for a disk/,
    ],
    ['LUNs on virtio', ['addvolume', 'a', '--volume-name=b', '--disk-type=lun', '--bus=virtio'], /for a lun/],
    ['a cache that is none', ['addvolume', 'a', '--volume-name=b', '--cache=all'], /^invalid cache "all"/],
    [
      'a disk with a long name',
      ['addvolume', 'a', `--volume-name=${'b'.repeat(64)}`],
      /the name of the disk has 64 characters/,
    ],
    ['nothing to expand', ['expand'], /VirtualMachine name or file must be provided/],
    ['two things to expand', ['expand', '--vm=a', '--file=b'], /cannot be used with/],
    ['a file that is missing', ['expand', '-f', '/nonexistent/vm.yaml'], /^cannot read \/nonexistent/],
    ['a selector that is none', ['objectgraph', 'a', '--selector', 'b'], /"b" is not KEY=VALUE/],
    ['an output that is none', ['objectgraph', 'a', '-o', 'xml'], /Allowed choices are json, yaml/],
    ['node labels that are none', ['migrate', 'a', '--addedNodeSelector', '=b'], /is not KEY=VALUE/],
    ['the download of a dump', ['memory-dump', 'download', 'a', '--output=b'], /not available in Virtkit/],
    ['a claim without name', ['memory-dump', 'get', 'a', '--create-claim'], /^claim name must be set/],
    [
      'an instance type without size',
      ['create', 'instancetype'],
      /^required flag\(s\) "cpu", "memory" not set/,
    ],
    ['a clone of nothing', ['create', 'clone'], /^required flag\(s\) "source-name" not set/],
    ['a switch of a manifest', ['create', 'vm', '--infer-preference=no'], /neither true nor false/],
    [
      'a password file that is missing',
      ['create', 'vm', '--password-file=/nonexistent/p'],
      /^cannot read the/,
    ],
    ['no API server', ['start', 'a'], /^no API server is configured\nNext step: /],
    ['a kubeconfig that is missing', ['start', 'a', '--kubeconfig', '/nonexistent/k'], /\/nonexistent\/k/],
    ['a flag that is missing', ['start', 'a', '--as', 'b', '-s', 'http://x'], /flag --as is not available/],
    ['a server that is none', ['start', 'a', '-s', 'ftp://x'], /not an http or https URL/],
    [
      'half a client certificate',
      ['start', 'a', '-s', 'http://x', '--client-key', '/dev/null'],
      /must be given together/,
    ],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await runInProcess(args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it.each<[string[], RegExp]>([
    [['vm', '--name=web', '--user', 'me'], /^apiVersion: kubevirt.io\/v1\n[^]*name: web\n[^]*user: me\n/],
    [
      ['vm', '--volume-pvc=src:a', '--infer-instancetype=false', '--infer-preference=false'],
      /claimName: a\n/,
    ],
    [['vm', '-n=shop'], /name: vm-[a-z0-9]{5}\n {2}namespace: shop\n/],
    [['vm', '--ssh-key', 'a,b', '--ssh-key', 'c'], / {2}- a\n *- b\n *- c\n/],
    [['instancetype', '--cpu', '2', '--memory', '1Gi'], /kind: VirtualMachineClusterInstancetype\n/],
    [['preference', '--namespaced'], /kind: VirtualMachinePreference\n/],
    [['clone', '--source-name', 'web'], /kind: VirtualMachineClone\n/],
  ])('prints the manifest of create %j, without a server', async (args, manifest) => {
    const { code, stdout, stderr } = await runInProcess(['create', ...args]);
    expect(stdout).toMatch(manifest);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('warns of deprecated flags of create vm', async () => {
    const { code, stderr } = await runInProcess(['create', 'vm', '--volume-blank', 'size:1Gi']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'Flag --volume-blank has been deprecated, use --volume-import type:blank\n',
    });
  });

  it('says a mistake of the command line on standard error', async () => {
    const { code, stdout, stderr } = await virtctl(['strat']);
    expect(stderr).toMatch(/^unknown command 'strat'/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('tells when nobody listens at the server, with causes when asked', async () => {
    const { code, stderr } = await virtctl(['start', 'a', '-s', 'http://127.0.0.1:1', '-v=4'], {
      env: { KUBECONFIG: '' },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error starting VirtualMachine .*ECONNREFUSED.*\nNext step: check that the API server/,
    );
    expect(stderr).toMatch(/\n {4}at /);
  });
});
