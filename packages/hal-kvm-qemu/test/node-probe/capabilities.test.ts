import { describe, expect, it } from 'vitest';
import { parseDomainCapabilities, parseHostCapabilities } from '../../src/node-probe/index.ts';

const HOST = `<?xml version='1.0'?>
<capabilities>
  <host><uuid>x</uuid>
    <cpu><arch>x86_64</arch><model>Haswell</model><vendor>Intel</vendor><feature name='vme'/><feature name='ds'/>
      <counter name='other'/><counter name='tsc' frequency='2400000000' scaling='yes'/></cpu>
  </host>
  <guest><os_type>hvm</os_type>
    <arch name='x86_64'><wordsize>64</wordsize><emulator>/usr/bin/qemu-system-x86_64</emulator>
      <machine maxCpus='288'>pc-q35-7.2</machine><machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine>
      <domain type='qemu'/><domain type='kvm'/>
    </arch>
  </guest>
</capabilities>`;

const DOMAIN = `<domainCapabilities>
  <path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch>
  <vcpu max='288'/>
  <os supported='yes'><enum name='firmware'><value>bios</value><value>efi</value></enum></os>
  <cpu>
    <mode name='host-passthrough' supported='yes'/>
    <mode name='host-model' supported='yes'>
      <model fallback='forbid'>Haswell</model><vendor>Intel</vendor><feature policy='require' name='vme'/>
    </mode>
    <mode name='custom' supported='yes'>
      <model usable='yes' vendor='unknown'>qemu64</model><model usable='no'>EPYC</model><model>old</model>
    </mode>
  </cpu>
  <devices>
    <disk supported='yes'><enum name='bus'><value>virtio</value><value>sata</value></enum></disk>
    <tpm supported='no'/>
  </devices>
  <features>
    <genid supported='yes'/>
    <sev supported='yes'><cbitpos>47</cbitpos><maxGuests>15</maxGuests><maxESGuests>9</maxESGuests></sev>
    <hyperv supported='yes'><enum name='features'><value>relaxed</value><value>stimer</value></enum></hyperv>
    <launchSecurity supported='yes'><enum name='sectype'><value>sev</value></enum></launchSecurity>
    <tdx supported='no'/>
  </features>
</domainCapabilities>`;

describe('host capabilities', () => {
  it('are read', () => {
    expect(parseHostCapabilities(HOST)).toEqual({
      arch: 'x86_64',
      cpuModel: 'Haswell',
      cpuVendor: 'Intel',
      cpuFeatures: ['vme', 'ds'],
      tsc: { frequency: 2_400_000_000, scalable: true },
      guests: [
        {
          arch: 'x86_64',
          emulator: '/usr/bin/qemu-system-x86_64',
          virtTypes: ['qemu', 'kvm'],
          machines: [
            { name: 'pc-q35-7.2', canonical: undefined, maxVcpus: 288 },
            { name: 'q35', canonical: 'pc-q35-7.2', maxVcpus: 288 },
          ],
        },
      ],
    });
  });

  it.each(['', 'no XML', '<other/>', '<other><capabilities/></other>'])('are not read from %j', (xml) => {
    expect(() => parseHostCapabilities(xml)).toThrow(SyntaxError);
  });
});

describe('domain capabilities', () => {
  it('are read', () => {
    expect(parseDomainCapabilities(DOMAIN)).toEqual({
      emulator: '/usr/bin/qemu-system-x86_64',
      virtType: 'kvm',
      machine: 'pc-q35-7.2',
      arch: 'x86_64',
      maxVcpus: 288,
      firmware: ['bios', 'efi'],
      hostPassthrough: true,
      hostModel: { model: 'Haswell', vendor: 'Intel', features: [{ name: 'vme', policy: 'require' }] },
      models: [
        { name: 'qemu64', vendor: 'unknown', usable: 'yes' },
        { name: 'EPYC', vendor: undefined, usable: 'no' },
        { name: 'old', vendor: undefined, usable: 'unknown' },
      ],
      devices: { disk: { bus: ['virtio', 'sata'] } },
      features: ['genid', 'sev', 'hyperv', 'launchSecurity'],
      hyperv: ['relaxed', 'stimer'],
      launchSecurity: ['sev'],
      sevEsGuests: 9,
    });
  });

  it('leave out what is not there', () => {
    expect(parseDomainCapabilities('<domainCapabilities><cpu/></domainCapabilities>')).toMatchObject({
      maxVcpus: undefined,
      hostModel: undefined,
      models: [],
      devices: {},
      hyperv: [],
      launchSecurity: [],
      sevEsGuests: 0,
    });
    const without = "<domainCapabilities><features><hyperv supported='no'/></features></domainCapabilities>";
    expect(parseDomainCapabilities(without).hyperv).toEqual([]);
  });
});
