/** The document that the page for signing in sends; it is always trusted. */
export const signInDocument = 'mutation($input: SignInInput!) { signIn(input: $input) { user { id } } }';
