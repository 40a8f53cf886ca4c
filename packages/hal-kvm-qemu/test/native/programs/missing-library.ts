// The addon on a machine without libvirt: it loads, and says what to install; then the real one still works.
import { Libvirt, LibvirtError } from '../../../src/native/index.ts';

for (let i = 0; i < 2; i++) {
  try {
    await Libvirt.load({ library: 'libvirt-that-is-not-there.so.0' });
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error;
    console.log(error.code, error.retry, error.message);
  }
}
console.log(String((await Libvirt.load()).version > 0));
