import type { Command } from 'commander';
import { VirtctlError } from '../errors.ts';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

/** `virtctl permitted-devices` */
export function permittedDevicesCommand(session: Session): Command {
  return createCommand(
    {
      name: 'permitted-devices',
      summary: 'List the devices of nodes that machines may use',
      operands: '',
      count: { exactly: 0 },
      async run({ withClient }) {
        const permitted = await withClient(async (client) => {
          const { items } = await describing(
            (error) => `error listing KubeVirt resources: ${error.message}`,
            () => client.kubeVirts.list({ namespace: client.namespace, signal: session.interrupted }),
          );
          const [kubevirt] = items;
          if (kubevirt === undefined)
            throw new VirtctlError(
              'request-failed',
              `no KubeVirt resource in "${client.namespace}" namespace`,
            );
          return kubevirt.spec?.configuration?.permittedHostDevices ?? {};
        });
        const names = (devices: readonly { resourceName: string }[] | undefined) =>
          (devices ?? []).map(({ resourceName }) => resourceName).join(', ');
        printLine(session, 'Permitted Devices:');
        printLine(session, `Host Devices: \n${names(permitted.pciHostDevices)}`);
        printLine(session, `GPU Devices: \n${names(permitted.mediatedDevices)}`);
      },
    },
    session,
  );
}
