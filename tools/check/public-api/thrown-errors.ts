import ts from 'typescript';
import type { PublicSymbol } from './public-symbols.ts';

/** Classes that a public function raises by itself (`throw new Name`) without one `@throws` in its docstring. */
export function unsaidErrors(checker: ts.TypeChecker, { symbol }: PublicSymbol): string[] {
  // The tags of an interface's method count for its implementations: the compiler looks them up.
  if (symbol.getJsDocTags(checker).some(({ name }) => name === 'throws')) return [];
  // A tag in the middle of a line is text to the compiler.
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  if (text.includes('@throws')) return [];
  return [...new Set((symbol.declarations ?? []).flatMap((declaration) => thrownBy(bodyOf(declaration))))];
}

function bodyOf(declaration: ts.Declaration): ts.Node | undefined {
  if (
    ts.isFunctionDeclaration(declaration) ||
    ts.isMethodDeclaration(declaration) ||
    ts.isAccessor(declaration)
  )
    return declaration.body;
  if (
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer &&
    ts.isArrowFunction(declaration.initializer)
  )
    return declaration.initializer.body;
  return undefined;
}

function thrownBy(node: ts.Node | undefined): string[] {
  if (node === undefined || ts.isFunctionLike(node) || ts.isClassLike(node)) return [];
  const here =
    ts.isThrowStatement(node) && ts.isNewExpression(node.expression)
      ? [node.expression.expression.getText()]
      : [];
  const below: string[] = [];
  ts.forEachChild(node, (child) => {
    below.push(...thrownBy(child));
  });
  return [...here, ...below];
}
