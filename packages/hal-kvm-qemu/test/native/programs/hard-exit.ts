// Ends the process while calls run, events arrive and nothing is closed.
import { Libvirt } from '../../../src/native/index.ts';

const connection = await (await Libvirt.load()).connect('test:///default');
await connection.onDomainEvent(['lifecycle'], () => undefined);
const domain = await connection.domainByName('test');
// Nobody waits for these: the process ends in this same turn of the event loop, before any of them can be answered.
for (let i = 0; i < 500; i++) {
  void domain.suspend();
  void domain.resume();
}
if (process.argv[2] === 'close') void connection.close();
if (process.argv[2] === 'throw') throw new Error('on purpose');
process.exit(7);
