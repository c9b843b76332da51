import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { beforeAll, beforeEach, expect, onTestFinished } from 'vitest';

const executablePath = '/usr/bin/chromium';
/** Whether somebody has said that there is no browser here. */
export const isBrowserSkipped = process.env.SIGNALBOX_SKIP_BROWSER === '1';
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let screenshots: string;

/** Makes the tests of a file need a browser: without one they fail, unless SIGNALBOX_SKIP_BROWSER=1 says to leave them out. */
export function needBrowser(): void {
  beforeAll(async () => {
    if (isBrowserSkipped) return void process.stdout.write('The tests in a browser are left out: SIGNALBOX_SKIP_BROWSER=1\n');
    if (!existsSync(executablePath))
      throw new Error(
        `There is no ${executablePath}: run "apt-get install -y chromium", or leave these tests out with SIGNALBOX_SKIP_BROWSER=1`,
      );
    screenshots = await mkdtemp(join(tmpdir(), 'signalbox-screenshots-'));
    process.stdout.write(`The screenshots are in ${screenshots}\n`);
  });
  beforeEach(({ skip }) => skip(isBrowserSkipped, 'SIGNALBOX_SKIP_BROWSER=1'));
}

/** A person at GraphiQL, in a browser with a fresh profile that ends with the test. */
export class Person {
  /** The addresses of all requests and sockets. */
  readonly addresses: string[] = [];
  /** What went wrong, as the console of the browser shows it. */
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.context().on('request', (request) => this.addresses.push(request.url()));
    page.on('websocket', (socket) => this.addresses.push(socket.url()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async sitDown({ javaScriptEnabled = true } = {}): Promise<Person> {
    const profile = await mkdtemp(join(tmpdir(), 'signalbox-browser-'));
    // Wide and high enough that an editor shows all of a short answer, unbroken.
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      args,
      viewport: { width: 3200, height: 5000 },
      javaScriptEnabled,
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    onTestFinished(async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    });
    return new Person(context.pages()[0]!);
  }

  /** Opens a sign-in link and presses the button of its page. */
  async signInByLink(link: string): Promise<void> {
    await this.page.goto(link);
    await this.press('Sign in');
  }

  /** Opens an address and waits for GraphiQL. */
  async openGraphiql(address: string): Promise<void> {
    await this.page.goto(address);
    await this.seesGraphiql();
  }

  /** Waits until GraphiQL is there with its schema. */
  async seesGraphiql(): Promise<void> {
    await expect.poll(() => this.text('Operation Editor'), { timeout: 20_000 }).not.toBe('');
  }

  /** Presses a button of the bar that starts GraphiQL anew. */
  async pressAndReopen(label: string): Promise<void> {
    await Promise.all([this.page.waitForEvent('load'), this.press(label)]);
    await this.seesGraphiql();
  }

  async press(label: string): Promise<void> {
    await this.page.getByRole('button', { name: label, exact: true }).click();
  }

  /** Follows a link of the page. */
  async followTo(label: string): Promise<void> {
    await this.page.getByRole('link', { name: label, exact: true }).click();
  }

  /** The names of the tabs. */
  tabs(): Promise<string[]> {
    return this.page.locator('.graphiql-tab-button').allInnerTexts();
  }

  /** The name of the open tab. */
  openTab(): Promise<string> {
    return this.page.locator('.graphiql-tab-active .graphiql-tab-button').innerText();
  }

  /** Runs the operation of the open tab. */
  async run(): Promise<void> {
    let shown: string;
    do {
      await this.press('Execute query (Ctrl-Enter)');
      await expect.poll(() => this.text('Result Window'), { timeout: 30_000 }).not.toBe('');
      shown = await this.text('Result Window');
      // For a moment after a change of tabs GraphiQL still has the operation of the tab before.
    } while (shown.includes('Cannot infer operation'));
  }

  /** Replaces what an editor holds; pasted, because the editor closes brackets that are typed. */
  async paste(editor: 'Operation Editor' | 'Variables', text: string): Promise<void> {
    await this.page.getByRole('region', { name: editor }).locator('.graphiql-editor:not(.hidden) .view-lines').click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await this.page.keyboard.press('ControlOrMeta+V');
  }

  /** The text that an editor shows. */
  text(editor: 'Operation Editor' | 'Variables' | 'Result Window'): Promise<string> {
    return this.page.getByRole('region', { name: editor }).evaluate((region: any) =>
      [...region.querySelectorAll('.view-line')]
        .filter((line) => !line.closest('.hidden'))
        .sort((one, other) => Number.parseInt(one.style.top, 10) - Number.parseInt(other.style.top, 10))
        .map((line) => line.textContent.replaceAll('\u00a0', ' '))
        .join('\n'),
    );
  }

  /** The whole answer on the screen, once something holds of it. */
  async sees<Answer = any>(what: string, holds: (answer: Answer) => boolean): Promise<Answer> {
    let answer: Answer | undefined;
    const look = async (): Promise<string> => {
      const text = await this.text('Result Window');
      answer = parsed(text) as Answer | undefined;
      return answer !== undefined && holds(answer) ? what : text;
    };
    await expect.poll(look, { timeout: 30_000 }).toBe(what);
    return answer!;
  }

  /** Waits until the variables of the open tab are these. */
  async seesVariables(values: object): Promise<void> {
    const look = async (): Promise<unknown> => {
      const text = await this.text('Variables');
      return parsed(text) ?? text;
    };
    await expect.poll(look, { timeout: 30_000 }).toEqual(values);
  }

  async screenshot(name: string): Promise<void> {
    await this.page.setViewportSize({ width: 1440, height: 900 });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
    await this.page.setViewportSize({ width: 3200, height: 5000 });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
