import type { Extract } from 'tar-stream';

/** A file of an archive: its header, and its content as a stream. */
export type TarEntry = Extract extends AsyncIterable<infer Entry> ? Entry : never;
