import { existsSync } from 'node:fs';
import { stopSignal } from '@virtkit/program';
import { Command, InvalidArgumentError, Option } from 'commander';
import { demo } from './demo/demo.ts';
import { addClusterCommands } from './cluster/commands.ts';
import { customResourceDefinitions, yamlDocuments } from './commands/crds.ts';
import { doctor, doctorText } from './commands/doctor.ts';
import { down } from './commands/down.ts';
import { listImages, loadImage, makeDiskImage } from './commands/image.ts';
import { renderedText, renderManifests, type RenderPart } from './commands/render.ts';
import { platformStatus, statusText } from './commands/status.ts';
import { up, upDetached } from './commands/up.ts';
import { validateManifests } from './commands/validate.ts';
import { table } from './output/table.ts';
import { layoutOf } from './platform/layout.ts';
import { version } from './platform/version.ts';
import { isClean, reportText } from './validate/verdict.ts';

export interface ProgramContext {
  /** Default of `--root`. */
  root: string;
  /** The PATH to look for programs on. */
  path: string;
  /** The kubeconfig of commands that name none, as KUBECONFIG says; the SDK's default when absent. */
  kubeconfig?: string | undefined;
  print: (line: string) => void;
  /** Prints text as it is, without an end of line. */
  write: (text: string) => void;
  /** Tells of what is noteworthy and no part of the result. */
  warn: (text: string) => void;
  setExitCode: (code: number) => void;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new InvalidArgumentError('a port is a number from 1 to 65535');
  return port;
}

/** The command line of `virtkit`. */
export function createProgram(context: ProgramContext): Command {
  const { print } = context;
  const json = (value: unknown): void => print(JSON.stringify(value, undefined, 2));
  const program = new Command('virtkit')
    .description('Virtual machines on this machine: a Kubernetes API, controllers and a node in one command')
    .version(version)
    .option('--root <folder>', 'where the platform keeps everything', context.root)
    .showHelpAfterError('(see virtkit --help)')
    .showSuggestionAfterError();
  const root = (): string => program.opts<{ root: string }>().root;
  const hypervisor = new Option('--hypervisor <name>', 'hypervisor of machines that name none').choices([
    'kvm-qemu',
    'mock',
  ]);

  program
    .command('up')
    .description('start the platform and keep it running')
    .option(
      '--port <port>',
      'port of the API server (default: 6443, or the one of the last start)',
      portNumber,
    )
    .addOption(hypervisor)
    .option('-d, --detach', 'return when it is ready')
    .option('--json', 'print the result as JSON (with --detach)')
    .action(
      async (options: {
        port?: number;
        hypervisor?: 'kvm-qemu' | 'mock';
        detach?: boolean;
        json?: boolean;
      }) => {
        const common = { root: root(), port: options.port, hypervisor: options.hypervisor };
        if (options.detach !== true) return up({ ...common, print });
        const record = await upDetached({
          ...common,
          print: options.json === true ? () => undefined : print,
        });
        if (options.json === true) json(record);
        return undefined;
      },
    );

  program
    .command('down')
    .description('shut guests down, end the platform and remove what it made on this machine')
    .option('--purge', 'remove machines, volumes with their data, images and settings too')
    .action((options: { purge?: boolean }) => down({ root: root(), purge: options.purge === true, print }));

  program
    .command('status')
    .description('what runs')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const status = await platformStatus(root());
      if (options.json === true) json(status);
      else print(statusText(status));
      if (!status.running) context.setExitCode(1);
    });

  program
    .command('doctor')
    .description('look for what this machine lacks')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const findings = await doctor(root(), context.path, AbortSignal.timeout(30_000));
      if (options.json === true) json(findings);
      else print(doctorText(findings));
      if (findings.some(({ kind }) => kind === 'missing')) context.setExitCode(1);
    });

  program
    .command('demo')
    .description('start the platform and boot a small virtual machine')
    .requiredOption('--guest-image <folder>', 'folder with the disk.qcow2 that `make guest` builds')
    .option('--port <port>', 'port of the API server', portNumber)
    .action(async (options: { guestImage: string; port?: number }) =>
      demo({ root: root(), guestImage: options.guestImage, port: options.port, print }),
    );

  program
    .command('crds')
    .description('print the definitions of all kinds, for a cluster')
    .option('--group <group>', 'of this API group only')
    .option('--json', 'print a JSON list')
    .action((options: { group?: string; json?: boolean }) => {
      const items = customResourceDefinitions(options.group);
      if (options.json === true) json({ apiVersion: 'v1', kind: 'List', items });
      else print(yamlDocuments(items));
    });

  program
    .command('validate')
    .description('fill in and judge manifests as the API would, without a cluster')
    .requiredOption('-f, --filename <path...>', 'files, folders, or - for standard input')
    .option('-R, --recursive', 'read the folders inside folders too')
    .option('--config <file>', 'a KubeVirt object whose configuration is in force')
    .option('--json', 'print for each document whether it is allowed, why not, and what would be stored')
    .action(async (options: { filename: string[]; recursive?: boolean; config?: string; json?: boolean }) => {
      const { filename, json: asJson, ...rest } = options;
      const report = await validateManifests(filename, rest);
      if (asJson === true) json(report);
      else print(reportText(report));
      if (!isClean(report)) context.setExitCode(1);
    });

  program
    .command('render')
    .description('show what machines and instances become: machine spec, libvirt domain and launcher Pod')
    .requiredOption('-f, --filename <path...>', 'files, folders, or - for standard input')
    .option('-R, --recursive', 'read the folders inside folders too')
    .addOption(
      new Option('--arch <name>', 'architecture of objects that name none').choices([
        'amd64',
        'arm64',
        's390x',
      ]),
    )
    .option('--config <file>', 'a KubeVirt object whose configuration is in force')
    .option('--facts <file>', 'what a node would tell (MachineFacts), instead of stand-ins')
    .option('--launcher-image <name>', 'image of virt-launcher')
    .option('--xml', 'print the libvirt domain only')
    .option('--pod', 'print the launcher Pod only')
    .option('--json', 'print everything as JSON')
    .action(
      async (options: {
        filename: string[];
        recursive?: boolean;
        arch?: string;
        config?: string;
        facts?: string;
        launcherImage?: string;
        xml?: boolean;
        pod?: boolean;
        json?: boolean;
      }) => {
        const { filename, arch, facts, xml, pod, json: asJson, ...rest } = options;
        const rendered = await renderManifests(filename, {
          ...rest,
          ...(arch !== undefined && { architecture: arch }),
          ...(facts !== undefined && { factsFile: facts }),
        });
        if (asJson === true) return json(rendered);
        const chosen: RenderPart[] = [
          ...(xml === true ? ['xml' as const] : []),
          ...(pod === true ? ['pod' as const] : []),
        ];
        return print(renderedText(rendered, chosen.length > 0 ? chosen : ['spec', 'xml', 'pod']));
      },
    );

  const ownKubeconfig = (): string | undefined =>
    [layoutOf(root()).kubeconfig].find((file) => existsSync(file));
  addClusterCommands(program, { ...context, ownKubeconfig });

  const image = program.command('image').description('images on this machine');
  image
    .command('load <file>')
    .description('import an OCI archive')
    .option('--reference <name>', 'name it so')
    .action(async (file: string, options: { reference?: string }) => {
      for (const { reference, digest } of await loadImage(root(), file, options.reference))
        print(`${reference}  ${digest}`);
    });
  image
    .command('make-disk <file> <reference>')
    .description('make an image for containerDisk volumes from a disk file')
    .action(async (file: string, reference: string) => {
      const made = await makeDiskImage(root(), file, reference);
      print(`${made.reference}  ${made.digest}`);
    });
  image
    .command('list')
    .description('what is there')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const images = await listImages(root());
      if (options.json === true) json(images);
      else
        print(
          table(
            ['IMAGE', 'DIGEST'],
            images.map(({ reference, digest }) => [reference, digest]),
          ),
        );
    });

  program
    .command('control-plane', { hidden: true })
    .requiredOption('--port <port>', 'port', portNumber)
    .option('--supervised')
    .action(async (options: { port: number; supervised?: boolean }) => {
      const { runControlPlane } = await import('./programs/control-plane.ts');
      await runControlPlane({
        root: root(),
        port: options.port,
        signal: stopSignal({ supervised: options.supervised === true }),
      });
    });
  program
    .command('kubelet', { hidden: true })
    .requiredOption('--server <url>')
    .requiredOption('--ca-file <file>')
    .requiredOption('--token-file <file>')
    .option('--supervised')
    .action(async (options: { server: string; caFile: string; tokenFile: string; supervised?: boolean }) => {
      const { startKubeletProgram } = await import('./programs/kubelet.ts');
      await startKubeletProgram(root(), options);
    });
  return program;
}
