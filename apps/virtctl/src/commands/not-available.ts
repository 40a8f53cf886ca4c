import { Command } from 'commander';
import { VirtctlError } from '../errors.ts';

/** Commands of virtctl that Virtkit does not offer, with their sub-commands. */
const commands: readonly { readonly name: string; readonly subcommands?: readonly string[] }[] = [
  { name: 'adm', subcommands: ['log-verbosity'] },
  { name: 'completion', subcommands: ['bash', 'fish', 'powershell', 'zsh'] },
  { name: 'credentials', subcommands: ['add-ssh-key', 'remove-ssh-key', 'set-password'] },
  { name: 'guestfs' },
  { name: 'image-upload' },
  { name: 'template', subcommands: ['convert', 'create', 'process'] },
  { name: 'vmexport', subcommands: ['create', 'delete', 'download'] },
];

const helpGroup = 'Not available in Virtkit yet:';

/** The commands that are known and refused, so that a script learns what is missing and not that it mistyped. */
export function notAvailableCommands(): Command[] {
  return commands.map(({ name, subcommands = [] }) => {
    const command = refusing(name, name).helpGroup(helpGroup);
    for (const subcommand of subcommands) command.addCommand(refusing(subcommand, `${name} ${subcommand}`));
    return command;
  });
}

function refusing(name: string, fullName: string): Command {
  return new Command(name)
    .argument('[arguments...]')
    .usage('')
    .allowUnknownOption()
    .helpOption(false)
    .action(() => {
      throw new VirtctlError('not-available', `command "virtctl ${fullName}" is not available in Virtkit`, {
        nextStep: 'see virtctl --help for the commands that are',
      });
    });
}
