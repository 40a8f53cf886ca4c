import type { SpecFill } from '../fill.ts';

/** D2: what is no drive is a disk; CD-ROMs are read-only and closed; block sizes that follow the volume do so. */
export const fillDisks: SpecFill = ({ domain: { devices } }) => {
  for (const disk of devices.disks ?? []) {
    const { cdrom, blockSize } = disk;
    if (disk.disk === undefined && disk.lun === undefined && cdrom === undefined) disk.disk = {};
    if (cdrom !== undefined) {
      cdrom.readonly ??= true;
      cdrom.tray ||= 'closed';
    }
    if (blockSize?.matchVolume !== undefined) blockSize.matchVolume.enabled ??= true;
  }
};

/** D2: the frame buffer of a virtual GPU's display is on when it is named. */
export const fillGpus: SpecFill = ({ domain: { devices } }) => {
  for (const gpu of devices.gpus ?? []) {
    const frameBuffer = gpu.virtualGPUOptions?.display?.ramFB;
    if (frameBuffer !== undefined) frameBuffer.enabled ??= true;
  }
};

/** D2: input devices are USB tablets. */
export const fillInputs: SpecFill = ({ domain: { devices } }) => {
  for (const input of devices.inputs ?? []) {
    input.bus ||= 'usb';
    input.type ||= 'tablet';
  }
};
