/**
 * Where things are in the launcher's container: what renders its Pod, plans its machine and plugs its volumes agrees by these paths.
 */
export const launcherPaths = {
  public: '/var/run/kubevirt',
  /** Holds the launcher's socket, `launcher-sock`. */
  sockets: '/var/run/kubevirt/sockets',
  private: '/var/run/kubevirt-private',
  ephemeralDisks: '/var/run/kubevirt-ephemeral-disks',
  libvirt: '/var/run/libvirt',
  /** One folder per containerDisk, by the name of its volume; the image's files are in it. */
  containerDisks: '/var/run/kubevirt/container-disks',
  hotplugDisks: '/var/run/kubevirt/hotplug-disks',
  /** Folders of claims with a file system, by volume. */
  disks: '/var/run/kubevirt-private/vmi-disks',
  /** Where the hypervisor keeps a machine's files, below the machine's id, which is the instance's uid. */
  machines: '/var/run/kubevirt-private/hypervisor/machines',
  virtiofs: '/var/run/kubevirt/virtiofs-containers',
  hooks: '/var/run/kubevirt-hooks',
  plugins: '/var/run/kubevirt-plugin',
  hugepages: '/dev/hugepages',
  podInfo: '/etc/podinfo',
  serviceAccount: '/var/run/secrets/kubernetes.io/serviceaccount/',
} as const;
