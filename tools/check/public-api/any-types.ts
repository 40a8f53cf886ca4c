import ts from 'typescript';
import type { PublicSymbol } from './public-symbols.ts';

/**
 * Where `any` stands in the type of an export, written or inferred, as paths such as `.request().body`. Types of this
 * repository and anonymous ones are followed to their ends, those of dependencies only into their type arguments and
 * the value that a zod schema yields.
 */
export function anyIn(checker: ts.TypeChecker, { symbol, declaration }: PublicSymbol): string[] {
  const seen = new Set<ts.Type>();
  const found: string[] = [];

  const visit = (type: ts.Type, path: string): void => {
    if (type.flags & ts.TypeFlags.Any) {
      found.push(path);
      return;
    }
    if (seen.has(type)) return;
    seen.add(type);
    if (type.isUnionOrIntersection()) {
      for (const part of type.types) visit(part, path);
      return;
    }
    for (const argument of [...(type.aliasTypeArguments ?? []), ...typeArguments(checker, type)])
      visit(argument, `${path}<>`);
    if (isForeign(type)) {
      const output = type.getProperty('_output');
      if (output) visit(checker.getTypeOfSymbol(output), `${path} (parsed)`);
      return;
    }
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()])
      visitSignature(signature, path);
    for (const index of checker.getIndexInfosOfType(type)) visit(index.type, `${path}[]`);
    for (const property of type.getProperties()) {
      // The prototype of a generic class is the class with `any` for its parameters.
      if (property.flags & ts.SymbolFlags.Prototype || isHidden(property)) continue;
      visit(checker.getTypeOfSymbolAtLocation(property, declaration), `${path}.${property.name}`);
    }
  };

  const visitSignature = (signature: ts.Signature, path: string): void => {
    for (const parameter of signature.getParameters())
      visit(checker.getTypeOfSymbolAtLocation(parameter, declaration), `${path}(${parameter.name})`);
    visit(signature.getReturnType(), `${path}()`);
  };

  if (symbol.flags & ts.SymbolFlags.Type) visit(checker.getDeclaredTypeOfSymbol(symbol), '');
  if (symbol.flags & ts.SymbolFlags.Value) visit(checker.getTypeOfSymbol(symbol), '');
  return [...new Set(found)];
}

/** The type arguments, but for what a dependency fills in by itself: AsyncIterable<T> is AsyncIterable<T, any, any>. */
function typeArguments(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  if (!isReference(type)) return [];
  const parameters = type.target.typeParameters ?? [];
  return checker.getTypeArguments(type).filter((argument, index) => {
    const byDefault = parameters[index]?.getDefault();
    return !(
      isForeign(type) &&
      argument.flags & ts.TypeFlags.Any &&
      byDefault &&
      byDefault.flags & ts.TypeFlags.Any
    );
  });
}

function isReference(type: ts.Type): type is ts.TypeReference {
  return Boolean(
    type.flags & ts.TypeFlags.Object && (type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference,
  );
}

/** A named type that a dependency or the language declares. */
function isForeign(type: ts.Type): boolean {
  const declaration = type.symbol?.declarations?.[0];
  return declaration?.getSourceFile().isDeclarationFile ?? false;
}

function isHidden(property: ts.Symbol): boolean {
  return (
    property.declarations?.some(
      (declaration) =>
        Boolean(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) ||
        (ts.isPropertyDeclaration(declaration) && ts.isPrivateIdentifier(declaration.name)) ||
        (ts.isMethodDeclaration(declaration) && ts.isPrivateIdentifier(declaration.name)),
    ) ?? false
  );
}
