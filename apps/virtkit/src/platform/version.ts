/** Version of this release, of its images and programs. */
export const version = '0.1.0';

/** Image of launcher Pods; the embedded kubelet maps it to the program beside this one. */
export const launcherImage = `virtkit.dev/virt-launcher:${version}`;
