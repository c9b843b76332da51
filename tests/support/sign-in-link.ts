/** Presses the button on the page behind a sign-in link, as a browser does; redirects are not followed. */
export function useSignInLink(link: string, headers: Record<string, string> = {}): Promise<Response> {
  const { origin, pathname, searchParams } = new URL(link);
  const body = new URLSearchParams({ token: searchParams.get('token') ?? '' });
  return fetch(`${origin}${pathname}`, { method: 'POST', redirect: 'manual', headers: { origin, ...headers }, body });
}
