import { visit, type DocumentNode } from 'graphql';

/** Whether a document asks for the schema; `__typename` does not. */
export function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ name: { value } }) {
      found ||= value === '__schema' || value === '__type';
    },
  });
  return found;
}
