import { Libvirt, LibvirtError } from './native/index.ts';

/** Whether libvirt can be loaded here, with its version or what to install. Never throws for a missing library. */
export async function libvirtVersion(): Promise<
  { state: 'available'; version: string } | { state: 'missing'; reason: string }
> {
  try {
    const { version } = await Libvirt.load();
    const [major, minor, release] = [
      Math.floor(version / 1e6),
      Math.floor(version / 1e3) % 1000,
      version % 1000,
    ];
    return { state: 'available', version: `${major}.${minor}.${release}` };
  } catch (error) {
    if (error instanceof LibvirtError && (error.code === 'library-missing' || error.code === 'addon-missing'))
      return { state: 'missing', reason: error.message };
    throw error;
  }
}
