import { Command } from 'commander';
import { VirtctlError } from '../errors.ts';

interface Missing {
  readonly name: string;
  readonly subcommands?: readonly string[];
  /** What does the same, or the nearest to it. */
  readonly instead: string;
}

/** Commands of virtctl that Virtkit does not offer, with their sub-commands. */
const commands: readonly Missing[] = [
  {
    name: 'completion',
    subcommands: ['bash', 'fish', 'powershell', 'zsh'],
    instead: 'virtctl --help lists the commands, and --help after one its flags',
  },
  {
    name: 'guestfs',
    instead: 'work on a copy of the image with guestfish (Debian: apt install guestfs-tools)',
  },
  {
    name: 'image-upload',
    instead: 'put the image into a container image under /disk, and name that as a containerDisk',
  },
  {
    name: 'template',
    subcommands: ['convert', 'create', 'process'],
    instead: 'print manifests with virtctl create vm, or use instance types and preferences',
  },
  {
    name: 'vmexport',
    subcommands: ['create', 'delete', 'download'],
    instead: 'copy what is on the claim with a Pod that mounts it',
  },
];

const helpGroup = 'Not available in Virtkit yet:';

/** The commands that are known and refused, so that a script learns what is missing and not that it mistyped. */
export function notAvailableCommands(): Command[] {
  return commands.map(({ name, subcommands = [], instead }) => {
    const command = refusing(name, name, instead).helpGroup(helpGroup);
    for (const subcommand of subcommands)
      command.addCommand(refusing(subcommand, `${name} ${subcommand}`, instead));
    return command;
  });
}

function refusing(name: string, fullName: string, instead: string): Command {
  return new Command(name)
    .argument('[arguments...]')
    .usage('')
    .allowUnknownOption()
    .helpOption(false)
    .action(() => {
      throw new VirtctlError('not-available', `command "virtctl ${fullName}" is not available in Virtkit`, {
        nextStep: instead,
      });
    });
}
