/** A private libvirtd is unprivileged: root runs it, and so QEMU, as nobody; others as themselves. */
export function guestUser(): { runAs?: { uid: number; gid: number } } {
  return process.getuid?.() === 0 ? { runAs: { uid: 65534, gid: 65534 } } : {};
}
