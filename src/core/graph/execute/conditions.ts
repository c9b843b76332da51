import { Kind, valueFromASTUntyped, visit, type ASTNode, type DirectiveNode } from 'graphql';

type Values = Readonly<Record<string, unknown>>;

const isCondition = ({ name: { value } }: DirectiveNode): boolean => value === 'skip' || value === 'include';

/** Whether @skip and @include leave a selection in. */
export const isIncluded = (directives: readonly DirectiveNode[] | undefined, variables: Values): boolean =>
  (directives ?? []).every((directive) => {
    const condition = directive.arguments?.find(({ name }) => name.value === 'if');
    if (!condition || !isCondition(directive)) return true;
    return Boolean(valueFromASTUntyped(condition.value, variables)) === (directive.name.value === 'include');
  });

/** The variables that decide what is skipped or included. */
export function conditionsOf(node: ASTNode): string[] {
  const names = new Set<string>();
  visit(node, {
    Directive(directive) {
      for (const { value } of isCondition(directive) ? (directive.arguments ?? []) : [])
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
