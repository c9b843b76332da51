import { graphql, type Answer, type Auth } from './client.js';

const selections: Record<string, string> = {
  registerToolkit: 'toolkit { id slug version origin isEnabled isLoaded revision }',
  enableToolkit: 'toolkit { id slug isEnabled revision }',
  disableToolkit: 'toolkit { id slug isEnabled revision }',
  uninstallToolkit: 'toolkitRemoval { id slug name version origin reason removedAt removedByName removedBy { id } }',
  clearToolkitRemoval: 'slug',
  uploadToolkitBundle: 'toolkit { id slug version origin isEnabled isLoaded revision }',
};

/** Sends one of the mutations of toolkits; returns the whole answer. */
export const mutateToolkit = (url: string, name: string, input: object, auth: Auth): Promise<Answer> =>
  graphql(
    url,
    `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${selections[name]} } }`,
    { input },
    auth,
  );

/** The same for one that must succeed; returns its payload. */
export async function didMutateToolkit(url: string, name: string, input: object, auth: Auth): Promise<Record<string, any>> {
  const { data, errors } = await mutateToolkit(url, name, input, auth);
  if (errors) throw new Error(`${name} failed: ${JSON.stringify(errors)}`);
  return data[name];
}
