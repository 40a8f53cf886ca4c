import { expandSpec } from './expansion.ts';
import { machineEvacuation } from './evacuation.ts';
import { machineOperations } from './machine-operations.ts';
import { memoryDumpRoutes } from './memory-dump.ts';
import { migrate } from './migrate.ts';
import { machineGraph } from './object-graph/routes.ts';
import { accepted, type Route } from './route.ts';
import { machineVolumeRoutes } from './volumes/machine.ts';

const runState = [...machineOperations].map(([name, operation]): [string, Route] => [
  name,
  {
    method: 'PUT',
    async answer(call) {
      await operation(call);
      return accepted;
    },
  },
]);

/** Subresources of machines by the rest of their path (KubeVirt subresources, VirtualMachine endpoints). */
export const machineRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ...runState,
  ['migrate', migrate],
  ['expand-spec', expandSpec],
  ['objectgraph', machineGraph],
  ['evacuate/cancel', machineEvacuation],
  ...machineVolumeRoutes,
  ...memoryDumpRoutes,
]);
