import { basename } from 'node:path';
import { VirtctlError } from '../errors.ts';
import { findProgram, isExecutable } from '../find-program.ts';

/** The kinds of VNC viewers whose command lines are known. */
export const viewerTypes = ['remote-viewer', 'tiger', 'chicken', 'real'] as const;
export type ViewerType = (typeof viewerTypes)[number];

/** A viewer of this machine. */
export interface Viewer {
  readonly type: ViewerType;
  readonly program: string;
}

interface Candidate {
  readonly type: ViewerType;
  /** A name to look for in PATH, or an absolute path. */
  readonly program: string;
}

const elsewhere: readonly Candidate[] = [
  { type: 'remote-viewer', program: 'remote-viewer' },
  { type: 'tiger', program: 'vncviewer' },
  { type: 'tiger', program: 'xtigervncviewer' },
  { type: 'real', program: 'vncviewer' },
];

const macos: readonly Candidate[] = [
  { type: 'tiger', program: '/Applications/TigerVNC Viewer.app/Contents/MacOS/TigerVNC Viewer' },
  { type: 'chicken', program: '/Applications/Chicken.app/Contents/MacOS/Chicken' },
  { type: 'real', program: '/Applications/VNC Viewer.app/Contents/MacOS/vncviewer' },
  { type: 'remote-viewer', program: 'remote-viewer' },
];

export interface ViewerChoice {
  /** Only this kind. */
  readonly type?: ViewerType | undefined;
  /** This program, whatever is installed. */
  readonly program?: string | undefined;
  /** `PATH`. */
  readonly path: string | undefined;
  readonly platform: NodeJS.Platform;
}

/** Finds a VNC viewer. @throws VirtctlError `local-program` when there is none */
export async function findViewer({ type, program, path, platform }: ViewerChoice): Promise<Viewer> {
  if (program !== undefined) {
    if (!(await isExecutable(program))) {
      throw new VirtctlError('local-program', `${program} is not a program that can be run`);
    }
    return { type: type ?? typeOfProgram(program), program };
  }
  const candidates = (platform === 'darwin' ? macos : elsewhere).filter(
    (candidate) => type === undefined || candidate.type === type,
  );
  for (const candidate of candidates) {
    const found = await findProgram(candidate.program, path);
    if (found !== undefined) return { type: candidate.type, program: found };
  }
  const names = [...new Set(candidates.map((candidate) => basename(candidate.program)))].join(', ');
  throw new VirtctlError(
    'local-program',
    `no VNC viewer was found; looked for ${names === '' ? 'none' : names}`,
    {
      nextStep:
        'install one (Debian: virt-viewer or tigervnc-viewer), name it with --vnc-path, or connect one yourself with --proxy-only',
    },
  );
}

/** The arguments by which a viewer connects to a local port. */
export function viewerArguments(type: ViewerType, port: number, verbosity: number): string[] {
  const address = `127.0.0.1:${port}`;
  switch (type) {
    case 'remote-viewer':
      return [`vnc://${address}`, ...(verbosity >= 4 ? ['--debug'] : [])];
    case 'tiger':
    case 'chicken':
      return [address];
    case 'real':
      return [address, '-WarnUnencrypted=0', '-Shared=0', '-ShareFiles=0'];
  }
}

function typeOfProgram(program: string): ViewerType {
  return basename(program).startsWith('remote-viewer') ? 'remote-viewer' : 'tiger';
}
