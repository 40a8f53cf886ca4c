import { all, attribute, child, parseXml, text, type XmlNode } from './xml.ts';

/** A named CPU model of an emulator. */
export interface CpuModel {
  readonly name: string;
  readonly vendor?: string;
  /** Whether this host can run it; `unknown` where the emulator cannot tell. */
  readonly usable: 'yes' | 'no' | 'unknown';
}

/** A CPU feature with the policy that libvirt would write for it. */
export interface CpuFeature {
  readonly name: string;
  readonly policy: string;
}

/** What one emulator can do for one machine type (libvirt: "Domain capabilities XML format"). */
export interface DomainCapabilities {
  readonly emulator: string;
  /** `kvm` or `qemu`. */
  readonly virtType: string;
  readonly machine: string;
  readonly arch: string;
  readonly maxVcpus?: number;
  /** `bios`, `efi`. */
  readonly firmware: readonly string[];
  readonly hostPassthrough: boolean;
  /** The model that `host-model` stands for here; absent when that mode is not supported. */
  readonly hostModel?: {
    readonly model: string;
    readonly vendor?: string;
    readonly features: readonly CpuFeature[];
  };
  readonly models: readonly CpuModel[];
  /** Values that a device accepts, by device and property: `disk` -> `bus` -> `virtio`, `sata`, ... */
  readonly devices: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Names of the features that are supported: `genid`, `backup`, `sev`, ... */
  readonly features: readonly string[];
  /** Enlightenments for Windows guests: `vpindex`, `synic`, `stimer`, ... */
  readonly hyperv: readonly string[];
  /** Kinds of confidential computing: `sev`, `sev-snp`, ... */
  readonly launchSecurity: readonly string[];
  /** Guests with encrypted registers (SEV-ES) that can run at once. */
  readonly sevEsGuests: number;
}

/**
 * Reads domain capabilities XML, as `Connection.domainCapabilities` returns it. Pure.
 * @throws SyntaxError when it is not such a document
 */
export function parseDomainCapabilities(xml: string): DomainCapabilities {
  const root = parseXml(xml, 'domainCapabilities');
  const modes = all(child(root, 'cpu'), 'mode');
  const mode = (name: string) => modes.find((one) => attribute(one, 'name') === name);
  const features = child(root, 'features');
  const sev = child(features, 'sev');
  return {
    emulator: text(root, 'path') ?? '',
    virtType: text(root, 'domain') ?? '',
    machine: text(root, 'machine') ?? '',
    arch: text(root, 'arch') ?? '',
    maxVcpus: Number(attribute(child(root, 'vcpu'), 'max') ?? NaN) || undefined,
    firmware: enumValues(child(root, 'os'), 'firmware'),
    hostPassthrough: supported(mode('host-passthrough')),
    hostModel: hostModel(mode('host-model')),
    models: all(mode('custom'), 'model').map((model) => ({
      name: text(model) ?? '',
      vendor: attribute(model, 'vendor'),
      usable: usability(attribute(model, 'usable')),
    })),
    devices: devices(child(root, 'devices')),
    features: elements(features)
      .filter(([, node]) => supported(node))
      .map(([name]) => name),
    hyperv: supportedValues(child(features, 'hyperv'), 'features'),
    launchSecurity: supportedValues(child(features, 'launchSecurity'), 'sectype'),
    sevEsGuests: supported(sev) ? Number(text(sev, 'maxESGuests') ?? 0) : 0,
  };
}

function supported(node: XmlNode | undefined): boolean {
  return attribute(node, 'supported') === 'yes';
}

function usability(value: string | undefined): CpuModel['usable'] {
  return value === 'yes' || value === 'no' ? value : 'unknown';
}

function hostModel(mode: XmlNode | undefined): DomainCapabilities['hostModel'] {
  const model = text(mode, 'model');
  if (!supported(mode) || model === undefined) return undefined;
  return {
    model,
    vendor: text(mode, 'vendor'),
    features: all(mode, 'feature').map((feature) => ({
      name: attribute(feature, 'name') ?? '',
      policy: attribute(feature, 'policy') ?? '',
    })),
  };
}

function devices(node: XmlNode | undefined): DomainCapabilities['devices'] {
  const supportedDevices = elements(node).filter(([, device]) => supported(device));
  return Object.fromEntries(
    supportedDevices.map(([name, device]) => [
      name,
      Object.fromEntries(all(device, 'enum').map((one) => [attribute(one, 'name') ?? '', values(one)])),
    ]),
  );
}

function supportedValues(node: XmlNode | undefined, name: string): string[] {
  return supported(node) ? enumValues(node, name) : [];
}

function enumValues(node: XmlNode | undefined, name: string): string[] {
  const found = all(node, 'enum').find((one) => attribute(one, 'name') === name);
  return found === undefined ? [] : values(found);
}

function values(node: XmlNode): string[] {
  return all(node, 'value').map((value) => text(value) ?? '');
}

/** The element children by name; of repeated ones the first. */
function elements(node: XmlNode | undefined): [string, XmlNode][] {
  if (node === undefined) return [];
  return Object.keys(node.children).flatMap((name) => {
    const first = child(node, name);
    return first === undefined ? [] : [[name, first] satisfies [string, XmlNode]];
  });
}
