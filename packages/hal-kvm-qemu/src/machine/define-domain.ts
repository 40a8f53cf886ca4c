import { HalError, type MachineSpec } from '@virtkit/hal';
import { asksForNewcomers, lostFeatures } from '../domain-xml/lost-features.ts';
import { toHalError } from '../errors.ts';
import { LibvirtError, Undefine, XmlFlag, type Connection, type Domain } from '../native/index.ts';

/**
 * Defines a domain and sees to it that libvirt took over what the spec asks for.
 * @throws HalError `invalid-spec` for what libvirt cannot build, `unsupported` with the field for what it does not know
 */
export async function defineChecked(
  connection: Connection,
  xml: string,
  spec: MachineSpec,
  signal?: AbortSignal,
): Promise<Domain> {
  const options = signal === undefined ? {} : { signal };
  const domain = await define(connection, xml, spec, options);
  if (!asksForNewcomers(spec)) return domain;
  const [lost] = lostFeatures(spec, await domain.xml(XmlFlag.inactive, options));
  if (lost === undefined) return domain;
  await domain.undefine(Undefine.nvram, options);
  domain[Symbol.dispose]();
  throw new HalError('unsupported', `kvm-qemu: the installed libvirt does not know ${lost.what}`, {
    field: lost.field,
  });
}

async function define(
  connection: Connection,
  xml: string,
  spec: MachineSpec,
  options: { signal?: AbortSignal },
): Promise<Domain> {
  try {
    return await connection.defineDomain(xml, 0, options);
  } catch (error) {
    // libvirt refuses what it cannot build: the spec, not the moment, is at fault.
    const refused =
      error instanceof LibvirtError && ['internal-error', 'operation-failed'].includes(error.code);
    if (refused)
      throw new HalError('invalid-spec', `libvirt refuses ${spec.name}: ${error.message}`, { cause: error });
    throw toHalError(error, `defining ${spec.name}`);
  }
}
