import { Command } from 'commander';
import { printLine, type Session } from '../session.ts';

/** `virtctl options`, which shows the flags that all commands share. */
export function optionsCommand(session: Session, program: Command): Command {
  return new Command('options').action(() => {
    const help = program.createHelp();
    const shown = program.options.filter((option) => !option.hidden);
    const width = Math.max(...shown.map((option) => help.optionTerm(option).length));
    printLine(session, 'The following options can be passed to any command:\n');
    for (const option of shown) {
      printLine(session, `  ${help.optionTerm(option).padEnd(width)}  ${help.optionDescription(option)}`);
    }
  });
}
