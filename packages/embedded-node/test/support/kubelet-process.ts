// A kubelet in a process of its own, to be killed. One JSON argument: where, and who.
import { connect } from '@virtkit/sdk';
import { runKubelet } from '../../src/index.ts';

interface Arguments {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  readonly root: string;
  readonly nodeName: string;
  readonly network: { bridge: string; subnet: string; namespacePrefix: string };
}

const given = JSON.parse(process.argv[2] ?? '{}') as Arguments;
const client = await connect({ server: given.server, ca: given.ca, token: given.token });
await runKubelet({
  client,
  signal: new AbortController().signal,
  root: given.root,
  nodeName: given.nodeName,
  network: given.network,
  builtInImages: [{ reference: 'test/host:1' }],
});
