import * as instancetype from './instancetype.ts';
import * as kubernetes from './kubernetes.ts';
import * as kubevirt from './kubevirt.ts';

/** Every kind that Virtkit knows, by plural name. */
export const resources = { ...kubernetes, ...kubevirt, ...instancetype } as const;
