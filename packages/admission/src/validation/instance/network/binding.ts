import { invalid } from '../../finding.ts';
import type { InterfaceRule } from './place.ts';

const bindings = ['bridge', 'masquerade', 'sriov', 'passtBinding', 'binding'] as const;
/** The address of the bridge in the Pod. */
const reservedMac = '02:00:00:00:00:00';

/** How an interface is connected to its network. */
export const interfaceBindingRules: readonly InterfaceRule[] = [
  {
    id: 'NET-11',
    *check({ nic, field }) {
      const chosen = bindings.filter((binding) => nic[binding] !== undefined);
      if (chosen.length !== 1)
        yield invalid(field, `an interface has one binding of ${bindings.join(', ')}, not ${chosen.length}`);
    },
  },
  {
    id: 'NET-12',
    *check({ nic, field, network }) {
      if (nic.masquerade !== undefined && network?.pod === undefined)
        yield invalid(`${field}.name`, 'only the network of the Pod can be masqueraded');
    },
  },
  {
    id: 'NET-13',
    *check({ nic, field }) {
      if (nic.masquerade !== undefined && nic.macAddress === reservedMac)
        yield invalid(`${field}.macAddress`, `${reservedMac} is taken by the bridge`);
    },
  },
  {
    id: 'NET-14',
    *check({ nic, field, network, configuration }) {
      const permitted = configuration.values.network.permitBridgeInterfaceOnPodNetwork;
      if (nic.bridge !== undefined && network?.pod !== undefined && !permitted)
        yield invalid(
          `${field}.name`,
          'this cluster does not let guests be bridged to the network of the Pod',
        );
    },
  },
  {
    id: 'NET-15',
    *check({ nic, field, network, configuration }) {
      if (nic.passtBinding === undefined) return;
      if (!configuration.gates.has('PasstBinding'))
        yield invalid(`${field}.name`, 'feature gate PasstBinding is off');
      if (network?.pod === undefined)
        yield invalid(`${field}.name`, 'passt connects to the network of the Pod only');
    },
  },
];
