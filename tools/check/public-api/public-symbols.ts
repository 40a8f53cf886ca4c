import ts from 'typescript';
import type { EntryPoint } from './entry-points.ts';

/** Something that users of a library can name: an export, or a member of an exported class or interface. */
export interface PublicSymbol {
  /** `@virtkit/hal: Machine.define`, as it is printed. */
  readonly path: string;
  readonly symbol: ts.Symbol;
  /** Where it is declared, in this repository. */
  readonly declaration: ts.Declaration;
  readonly kind: 'export' | 'member';
}

/** What can be reached from the entry points, each declaration once: a re-export belongs to where it was met first. */
export function publicSymbols(program: ts.Program, entries: readonly EntryPoint[]): PublicSymbol[] {
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Declaration>();
  const found: PublicSymbol[] = [];

  const add = (path: string, symbol: ts.Symbol, kind: PublicSymbol['kind']): boolean => {
    const declaration = symbol.declarations?.[0];
    if (declaration === undefined || seen.has(declaration) || !ours(declaration)) return false;
    seen.add(declaration);
    found.push({ path, symbol, declaration, kind });
    return true;
  };

  for (const { specifier, source } of entries) {
    const module = program.getSourceFile(source);
    const moduleSymbol = module && checker.getSymbolAtLocation(module);
    if (moduleSymbol === undefined) throw new Error(`${specifier}: ${source} is not a module of the program`);
    for (const exported of checker.getExportsOfModule(moduleSymbol)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const path = `${specifier}: ${exported.name}`;
      if (!add(path, symbol, 'export')) continue;
      for (const member of membersOf(symbol)) add(`${path}.${member.name}`, member, 'member');
    }
  }
  return found;
}

function ours(declaration: ts.Declaration): boolean {
  return !declaration.getSourceFile().fileName.includes('/node_modules/');
}

/** Methods, accessors and properties of a class (static ones too) or an interface, private ones left out. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return [];
  const all = [...(symbol.members?.values() ?? []), ...(symbol.exports?.values() ?? [])];
  return all.filter(
    (member) =>
      member.declarations?.some(
        (declaration) =>
          (ts.isMethodDeclaration(declaration) ||
            ts.isMethodSignature(declaration) ||
            ts.isAccessor(declaration) ||
            ts.isPropertySignature(declaration) ||
            ts.isPropertyDeclaration(declaration)) &&
          !ts.isPrivateIdentifier(declaration.name) &&
          !(
            ts.getCombinedModifierFlags(declaration) &
            (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)
          ),
      ) ?? false,
  );
}
