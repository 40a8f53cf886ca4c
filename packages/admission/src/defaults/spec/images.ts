import type { SpecFill } from '../fill.ts';

/** D1-6: images of containerDisks are pulled always when their tag moves, else when they are not there. */
export const fillPullPolicies: SpecFill = ({ volumes = [] }) => {
  for (const { containerDisk } of volumes) {
    if (containerDisk !== undefined) {
      containerDisk.imagePullPolicy ??= moves(containerDisk.image) ? 'Always' : 'IfNotPresent';
    }
  }
};

function moves(image: string): boolean {
  return image.endsWith(':latest') || !/[:@]/.test(image);
}
