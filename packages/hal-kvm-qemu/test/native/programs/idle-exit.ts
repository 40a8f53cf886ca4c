// Leaves everything open and has nothing more to do: the process must end by itself.
import { Libvirt, loadBinding } from '../../../src/native/index.ts';
import { mustBeRefused } from './refused.ts';

const connection = await (await Libvirt.load()).connect('test:///default');
await connection.onDomainEvent(['lifecycle'], () => undefined);
const domain = await connection.domainByName('test');
await domain.info();
await mustBeRefused(connection.domainByName('nobody'), 'no-domain');
console.log(JSON.stringify(loadBinding().liveHandles()));
