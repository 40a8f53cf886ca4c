import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  runEndpointsController,
  runKubelet,
  runServiceProxy,
  runStorageController,
} from '@virtkit/embedded-node';
import { connectionOptions, jsonLogger, stopSignal } from '@virtkit/program';
import { connect, type Client } from '@virtkit/sdk';
import { VirtkitError } from '../errors.ts';
import { chooseLauncherCommand, launcherEnvironment } from '../platform/launcher-command.ts';
import { layoutOf } from '../platform/layout.ts';
import { commandFor, programFolders } from '../platform/programs.ts';
import { readSettings, type Settings } from '../platform/settings.ts';
import { launcherImage } from '../platform/version.ts';
import { virtiofsdCommand, virtiofsdPath } from '../platform/virtiofsd.ts';

interface KubeletProgramOptions {
  client: Client;
  root: string;
  settings: Settings;
  signal: AbortSignal;
}

/** The embedded kubelet with the storage of this machine, Endpoints and, with root's rights, the Service proxy, until the signal aborts. */
async function runKubeletProgram({
  client,
  root,
  settings,
  signal: stop,
}: KubeletProgramOptions): Promise<void> {
  // A part that fails ends the others, and with them the program: half a kubelet would look alive to its supervisor.
  const failed = new AbortController();
  const signal = AbortSignal.any([stop, failed.signal]);
  const orEndAll = async (part: Promise<void>): Promise<void> => {
    try {
      await part;
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const logger = jsonLogger('kubelet', (line) => process.stderr.write(line));
  const { capabilityCache } = layoutOf(root);
  const launcher = await chooseLauncherCommand(commandFor('virt-launcher'), { signal });
  if (launcher.withoutSnapshot !== undefined)
    logger.warn('launchers start without their snapshot, which takes longer', {
      reason: launcher.withoutSnapshot,
    });
  const virtiofsd = await virtiofsdCommand();
  await mkdir(capabilityCache, { recursive: true, mode: 0o755 });
  const binds = [dirname(process.execPath), ...programFolders(), capabilityCache].map((source) => ({
    source,
  }));
  const parts = [
    runKubelet({
      client,
      signal,
      logger,
      root: layoutOf(root).kubelet,
      nodeName: settings.nodeName,
      network: settings.podNetwork
        ? { bridge: settings.bridge, subnet: settings.subnet, namespacePrefix: settings.namespacePrefix }
        : false,
      builtInImages: [
        {
          reference: launcherImage,
          programs: {
            'virt-launcher': [...launcher.command, '--capability-cache', capabilityCache],
            ...(virtiofsd && { [virtiofsdPath]: virtiofsd }),
          },
          binds,
          environment: launcherEnvironment,
        },
      ],
    }),
    runStorageController({
      client,
      signal,
      logger,
      folder: layoutOf(root).volumes,
      nodeName: settings.nodeName,
    }),
    runEndpointsController({ client, signal, logger }),
    ...(settings.podNetwork
      ? [runServiceProxy({ client, signal, logger, table: settings.serviceTable })]
      : []),
  ];
  await Promise.all(parts.map(orEndAll));
}

/** Connects from flags and runs the kubelet. @throws VirtkitError `usage` before the first `up`. */
export async function startKubeletProgram(
  root: string,
  flags: { server: string; caFile: string; tokenFile: string; supervised?: boolean },
): Promise<void> {
  const settings = await readSettings(layoutOf(root));
  if (settings === undefined)
    throw new VirtkitError('usage', `there is no platform below ${root}`, {
      nextStep: 'start one with virtkit up',
    });
  const signal = stopSignal({ supervised: flags.supervised === true });
  const values = { server: flags.server, 'ca-file': flags.caFile, 'token-file': flags.tokenFile };
  await using client = await connect(await connectionOptions(values, 'kubelet/0.1.0', process.env));
  await runKubeletProgram({ client, root, settings, signal });
}
