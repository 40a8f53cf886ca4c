import { join } from 'node:path';
import { z } from 'zod';
import { EmbeddedNodeError } from '../errors.ts';
import { runCommand } from '../processes/command.ts';

/** A plugin of a network, as the CNI specification (1.0, section 1) writes it. */
export interface CniPlugin {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** A network: the content of a `.conflist` file. */
export interface CniNetworkConfiguration {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly CniPlugin[];
}

/** What a plugin is run for. */
export interface CniAttachment {
  readonly containerID: string;
  readonly namespacePath: string;
  readonly interfaceName: string;
}

const resultSchema = z.looseObject({ ips: z.array(z.looseObject({ address: z.string() })).optional() });
const errorSchema = z.looseObject({ code: z.number(), msg: z.string(), details: z.string().optional() });
export type CniResult = z.output<typeof resultSchema>;

/** Runs the plugins of one network (CNI specification 1.0, sections 2 to 4). */
export class CniNetwork {
  readonly #configuration: CniNetworkConfiguration;
  readonly #pluginFolder: string;

  constructor(configuration: CniNetworkConfiguration, pluginFolder: string) {
    this.#configuration = configuration;
    this.#pluginFolder = pluginFolder;
  }

  /** Attaches a namespace. @throws EmbeddedNodeError `NetworkFailed` with the plugin's own message */
  async add(
    attachment: CniAttachment,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<CniResult> {
    let result: unknown;
    for (const plugin of this.#configuration.plugins)
      result = await this.#run('ADD', plugin, attachment, result, options);
    return resultSchema.parse(result);
  }

  /** Detaches a namespace, which may be gone or never have been attached. */
  async delete(attachment: CniAttachment, result?: CniResult): Promise<void> {
    for (const plugin of this.#configuration.plugins.toReversed())
      await this.#run('DEL', plugin, attachment, result, {});
  }

  async #run(
    command: 'ADD' | 'DEL',
    plugin: CniPlugin,
    attachment: CniAttachment,
    prevResult: unknown,
    { signal }: { signal?: AbortSignal | undefined },
  ): Promise<unknown> {
    const { cniVersion, name } = this.#configuration;
    const configuration = {
      ...plugin,
      cniVersion,
      name,
      ...(prevResult === undefined ? {} : { prevResult }),
    };
    const { exitCode, stdout, stderr } = await runCommand(join(this.#pluginFolder, plugin.type), [], {
      input: JSON.stringify(configuration),
      environment: {
        CNI_COMMAND: command,
        CNI_CONTAINERID: attachment.containerID,
        CNI_NETNS: attachment.namespacePath,
        CNI_IFNAME: attachment.interfaceName,
        CNI_PATH: this.#pluginFolder,
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      },
      signal,
    });
    if (exitCode === 0) return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    throw new EmbeddedNodeError(
      'NetworkFailed',
      `CNI ${command} by ${plugin.type} failed: ${pluginMessage(stdout) ?? stderr.trim().slice(0, 500)}`,
    );
  }
}

/** A plugin reports an error as JSON on its standard output. */
function pluginMessage(stdout: string): string | undefined {
  if (!stdout.trim().startsWith('{')) return undefined;
  const { data } = errorSchema.safeParse(JSON.parse(stdout));
  return data === undefined
    ? undefined
    : `${data.msg}${data.details === undefined ? '' : ` (${data.details})`}`;
}
