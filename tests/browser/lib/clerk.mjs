// A person at the pages about organisations and people: a seat that knows their forms, and what the same sign-in may ask by the API.
import { axe } from './axe.mjs';
import { Seat } from './seat.mjs';
import { until } from './wait.mjs';

export class Clerk extends Seat {
  /** Somebody at an address, signed in unless `login` is empty. `openPage` is openChromium or openFirefox, `config` is for it. */
  static async open(openPage, server, login, path = '/', config = {}) {
    const s = new Clerk(await openPage({ name: login, ...config }), server, {});
    await s.page.goto(`${server.url}${path}`);
    if (login) {
      await s.signIn(login);
      await s.waitFor('.framed-main');
    }
    return s;
  }

  async visit(path, css, text) {
    await this.page.goto(`${this.server.url}${path}`);
    await this.waitFor(css, text);
  }

  /** What the page may ask as who is signed in there: the body of the answer, an object or a text. */
  ask(method, path, body) {
    return this.page.evaluate(async ([method, path, body]) => {
      const reply = await fetch(`/api/v1/${path}`, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
      const text = await reply.text();
      try {
        return JSON.parse(text);
      } catch {
        return text || undefined;
      }
    }, [method, path, body]);
  }

  async orgId(name) {
    const found = await this.ask('GET', `search?q=${encodeURIComponent(name)}`);
    return found.orgs.find((o) => o.name === name)?.id;
  }

  axe() {
    return axe(this.page);
  }

  /** Opens a row of the menu of rare acts, and with it a dialogue. */
  async choose(row) {
    await this.click('.acts [aria-haspopup=menu], .title-row [aria-haspopup=menu]');
    await this.click('[role=menuitem]', row);
    await this.waitFor('dialog[open]');
  }

  /** Sets a choice as a mouse does. */
  async pick(css, value) {
    await this.waitFor(css);
    await this.page.evaluate(([css, value]) => {
      const select = document.querySelector(css);
      select.value = value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }, [css, value]);
  }

  async closed() {
    await until('the dialogue closed', async () => !(await this.sees('dialog[open]')));
  }

  /** Sends the dialogue and waits until it is gone. */
  async send() {
    await this.click('dialog button[type=submit]');
    await this.closed();
  }
}
