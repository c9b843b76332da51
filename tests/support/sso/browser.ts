/** What a browser got at the end of a chain of redirects. */
export interface Visited {
  status: number;
  /** Where it ended. */
  url: string;
  page: string;
  /** All addresses on the way, the first one too. */
  way: string[];
}

/** A browser as far as a sign-in needs one: cookies of each host, redirects, and the login and consent forms of the test provider. */
export class SsoBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(readonly account = '') {}

  /** The cookies that it would send to an address. */
  cookiesOf(url: string): Record<string, string> {
    return Object.fromEntries(this.#cookies.get(new URL(url).host) ?? []);
  }

  /** Takes or forgets a cookie of an address. */
  setCookie(url: string, name: string, value: string | null): void {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    if (value === null) jar.delete(name);
    else jar.set(name, value);
    this.#cookies.set(host, jar);
  }

  /** Opens an address and goes on until there is no redirect and no form; `until` stops before an address that it matches. */
  async open(address: string, until = /^$/): Promise<Visited> {
    const way: string[] = [];
    let next: { url: string; form?: URLSearchParams } | null = { url: address };
    for (let hops = 0; next && hops < 20; hops += 1) {
      const { url, form }: { url: string; form?: URLSearchParams } = next;
      way.push(url);
      if (until.test(url)) return { status: 0, url, page: '', way };
      const response = await this.#request(url, form);
      const location = response.headers.get('location');
      const page = await response.text();
      const { origin, pathname } = new URL(url);
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      if (location) next = { url: new URL(location, url).href };
      else if (prompt && pathname.startsWith('/interaction/'))
        next = { url: `${origin}${pathname}`, form: new URLSearchParams({ prompt, login: this.account, password: 'any' }) };
      else return { status: response.status, url, page, way };
    }
    throw new Error(`the browser went round in circles: ${way.join(' ')}`);
  }

  async #request(url: string, form?: URLSearchParams): Promise<Response> {
    const cookie = Object.entries(this.cookiesOf(url))
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { ...(cookie && { cookie }) },
      ...(form && { method: 'POST', body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      this.setCookie(url, name!, value === '' || /expires=Thu, 01 Jan 1970/i.test(line) ? null : value!);
    }
    return response;
  }
}
