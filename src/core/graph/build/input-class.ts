import { Field, InputType } from 'type-graphql';

/** A class that type-graphql takes as an input type. */
export type InputClass = new () => object;

/** A field of a generated input. */
export interface InputField {
  type: () => unknown;
  description: string;
  nullable?: boolean;
  defaultValue?: unknown;
}

/** Adds a field to an input class. */
export const addInputField = (owner: InputClass, name: string, { type, nullable = true, ...options }: InputField): void =>
  Field(type as never, { nullable, ...options })(owner.prototype as object, name);

/** Makes an input class with these fields. */
export function inputClass(name: string, description: string, fields: Record<string, InputField>): InputClass {
  const generated = { [name]: class {} }[name]!;
  for (const [field, options] of Object.entries(fields)) addInputField(generated, field, options);
  InputType(name, { description })(generated);
  return generated;
}
