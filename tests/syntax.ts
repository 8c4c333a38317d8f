/** What tidy.test.ts asks of the sources' syntax trees: docstrings, sizes of functions, parameters, exported types. */
import ts from "typescript";

/** Returns the tree of a file, which goes by the name given. */
export const parse = (name: string, text: string): ts.SourceFile =>
  ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);

const isExported = (node: ts.Statement): boolean =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;

const isHidden = (node: ts.ClassElement | ts.TypeElement): boolean =>
  node.name?.kind === ts.SyntaxKind.PrivateIdentifier ||
  !(ts.isConstructorDeclaration(node) || node.name !== undefined);

const hasDocstring = (node: ts.Node): boolean => ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc);

const labelOf = (node: ts.Node): string =>
  ts.isConstructorDeclaration(node)
    ? "constructor"
    : (ts.getNameOfDeclaration(node as ts.Declaration)?.getText() ?? "") || "?";

/** Names of exports and of their public members that have no docstring. A constructor without parameters needs none. */
export const undocumented = (file: ts.SourceFile): readonly string[] => {
  const missing: string[] = [];
  const check = (node: ts.Node, label: string): void => {
    if (!hasDocstring(node)) missing.push(`${file.fileName}: ${label}`);
  };
  for (const statement of file.statements) {
    if (!isExported(statement)) continue;
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) check(statement, name.getText());
      continue;
    }
    const owner = labelOf(statement);
    check(statement, owner);
    if (!ts.isClassDeclaration(statement) && !ts.isInterfaceDeclaration(statement)) continue;
    for (const member of statement.members) {
      if (isHidden(member) || (ts.isConstructorDeclaration(member) && member.parameters.length === 0)) continue;
      check(member, `${owner}.${labelOf(member)}`);
    }
  }
  return missing;
};

/** A function, method or constructor with a body; a callback goes by the name of the function that it stands in. */
export interface FunctionSize {
  readonly name: string;
  readonly lines: number;
  readonly parameters: number;
}

/** The size of every function of a file. */
export const functionSizes = (file: ts.SourceFile): readonly FunctionSize[] => {
  const lineAt = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  const found: FunctionSize[] = [];
  const visit = (node: ts.Node, around: string): void => {
    let name = around;
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const own = ts.isConstructorDeclaration(node) ? "constructor" : node.name?.getText();
      const given = ts.isVariableDeclaration(node.parent) || ts.isPropertyDeclaration(node.parent);
      name = own ?? (given ? node.parent.name.getText() : around);
      const lines = lineAt(node.end) - lineAt(node.getStart(file)) + 1;
      found.push({ name: `${file.fileName}: ${name}`, lines, parameters: node.parameters.length });
    }
    ts.forEachChild(node, (child) => {
      visit(child, name);
    });
  };
  visit(file, "?");
  return found;
};

/** Names of the classes, interfaces and types that a file exports by declaring them. */
export const exportedTypes = (file: ts.SourceFile): readonly string[] =>
  file.statements.flatMap((statement) =>
    isExported(statement) &&
    (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
      ? [labelOf(statement)]
      : [],
  );
