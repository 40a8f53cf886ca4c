import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { NativeBinding } from './binding.ts';
import { KvmError } from './kvm-error.ts';
import { LibvirtError } from './libvirt-error.ts';

/** Where `npm run build-native` puts the addon, seen from src/native and from dist alike. */
const CANDIDATES = [
  '../../native/build/virtkit_native.node',
  '../native/build/virtkit_native.node',
  // Beside a program that was bundled into one file.
  './virtkit_native.node',
] as const;

let loaded: NativeBinding | undefined;

/**
 * Loads the native addon, once per thread. Needs neither libvirt nor /dev/kvm: those are opened by the calls that use them.
 *
 * @throws LibvirtError `addon-missing` when the addon is not built for this machine.
 */
export function loadBinding(): NativeBinding {
  loaded ??= configured(requireAddon());
  return loaded;
}

function configured(binding: NativeBinding): NativeBinding {
  binding.configure({
    libvirt: (failure) => new LibvirtError(failure),
    kvm: (failure) => new KvmError(failure),
  });
  return binding;
}

function requireAddon(): NativeBinding {
  const require = createRequire(import.meta.url);
  const causes: unknown[] = [];
  for (const candidate of CANDIDATES) {
    const path = fileURLToPath(new URL(candidate, import.meta.url));
    try {
      return require(path) as NativeBinding;
    } catch (error) {
      causes.push(error);
    }
  }
  throw new LibvirtError(
    {
      code: 'addon-missing',
      message:
        'The native addon is not built: run "npm explore @virtkit/hal-kvm-qemu -- npm run build-native" (needs g++, make and libvirt-dev).',
    },
    { cause: new AggregateError(causes, 'no candidate could be loaded') },
  );
}
