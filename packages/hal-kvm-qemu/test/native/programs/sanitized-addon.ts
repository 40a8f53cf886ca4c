// For --import: whoever loads the addon in this process, its workers included, gets the one that is built with sanitizers.
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    next(
      specifier.replace(/\/native\/build\/(?=virtkit_native\.node$)/, '/native/build/sanitized/'),
      context,
    ),
});
