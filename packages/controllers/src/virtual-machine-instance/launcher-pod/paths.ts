/** Name of the pod volume with kernel and initrd. */
export const kernelBootVolume = 'kernel-boot-volume';
