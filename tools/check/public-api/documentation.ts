import ts from 'typescript';
import type { PublicSymbol } from './public-symbols.ts';

/**
 * Whether `item` says what its users need. Asked of every export and of every member that can be called; a plain
 * property may speak for itself. A type that is made from a schema or a list of values is documented by that, a method
 * that implements an interface by the interface.
 */
export function isDocumented(checker: ts.TypeChecker, item: PublicSymbol): boolean {
  if (item.kind === 'member' && !isCallable(checker, item.declaration)) return true;
  // The compiler looks up interfaces and base classes by itself.
  if (hasText(checker, item.symbol)) return true;
  const value = valueBehind(checker, item.declaration);
  return value !== undefined && hasText(checker, value);
}

function hasText(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  return symbol.getDocumentationComment(checker).length > 0 || isDescribedSchema(checker, symbol);
}

/** A schema that carries its own description, which CRDs and `kubectl explain` show too. */
function isDescribedSchema(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  const declaration = symbol.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return false;
  let call = declaration.initializer;
  while (call && ts.isCallExpression(call)) {
    const parameters = checker.getResolvedSignature(call)?.getParameters() ?? [];
    const at = parameters.findIndex(({ name }) => name === 'description');
    if (at >= 0 && call.arguments[at] !== undefined) return true;
    call = ts.isPropertyAccessExpression(call.expression) ? call.expression.expression : undefined;
  }
  return false;
}

function isCallable(checker: ts.TypeChecker, declaration: ts.Declaration): boolean {
  if (isDisposal(declaration)) return false;
  return checker.getTypeAtLocation(declaration).getNonNullableType().getCallSignatures().length > 0;
}

/** `[Symbol.asyncDispose]` does what the language says: it closes. */
function isDisposal(declaration: ts.Declaration): boolean {
  const name = ts.getNameOfDeclaration(declaration);
  return (
    name !== undefined &&
    ts.isComputedPropertyName(name) &&
    /^\[Symbol\.(async)?[dD]ispose\]$/.test(name.getText())
  );
}

/** The value that a type is made from: `z.infer<typeof Value>` (or z.input, z.output), `(typeof value)[number]`. */
function valueBehind(checker: ts.TypeChecker, declaration: ts.Declaration): ts.Symbol | undefined {
  if (!ts.isTypeAliasDeclaration(declaration)) return undefined;
  const query = queryIn(declaration.type);
  const symbol = query && checker.getSymbolAtLocation(query.exprName);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function queryIn(type: ts.TypeNode): ts.TypeQueryNode | undefined {
  const inner =
    ts.isTypeReferenceNode(type) && /^z\.(infer|input|output)$/.test(type.typeName.getText())
      ? type.typeArguments?.[0]
      : ts.isIndexedAccessTypeNode(type)
        ? type.objectType
        : undefined;
  const bare = inner && ts.isParenthesizedTypeNode(inner) ? inner.type : inner;
  return bare && ts.isTypeQueryNode(bare) ? bare : undefined;
}
