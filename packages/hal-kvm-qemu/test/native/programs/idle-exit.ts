// Leaves everything open and has nothing more to do: the process must end by itself.
import { Libvirt, loadBinding } from '../../../src/native/index.ts';

const connection = await (await Libvirt.load()).connect('test:///default');
await connection.onDomainEvent(['lifecycle'], () => undefined);
const domain = await connection.domainByName('test');
await domain.info();
await connection.domainByName('nobody').catch(() => undefined);
console.log(JSON.stringify(loadBinding().liveHandles()));
