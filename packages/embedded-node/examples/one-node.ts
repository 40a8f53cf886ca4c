import { connect } from '@virtkit/sdk';
import {
  cleanUpNode,
  ImageStore,
  runEndpointsController,
  runKubelet,
  runScheduler,
  runServiceProxy,
  runStorageController,
} from '@virtkit/embedded-node';

const root = '/var/lib/virtkit';
const stop = new AbortController();
await using client = await connect({ kubeconfig: `${root}/kubeconfig` });
const common = { client, signal: stop.signal, logger: console };

// A disk as an image: the file `files/disk/disk.img` becomes /disk/disk.img of a containerDisk.
await new ImageStore(`${root}/images`).write({ reference: 'example.com/disks/tiny:1', files: 'files' });

const running = Promise.all([
  runScheduler(common),
  runEndpointsController(common),
  runServiceProxy(common),
  // The data of claims: one folder each. The kubelet's node is where they are.
  runStorageController({ ...common, folder: `${root}/volumes`, nodeName: 'laptop' }),
  runKubelet({
    ...common,
    root,
    nodeName: 'laptop',
    // An image that is a program of this machine.
    builtInImages: [{ reference: 'example.com/tools/shell:1', programs: { shell: ['/bin/sh'] } }],
    onReady: () => console.info('the node takes Pods'),
  }),
]);

process.once('SIGINT', () => stop.abort());
await running;
// Pods outlive the kubelet. To remove every trace of the node instead:
await cleanUpNode({ root });
