// A person at the web client: finds things by what they say or by the names that the client gives to its parts, and presses them.
import { sameHue, sleep, until } from './wait.mjs';

/** Looking for a thing scrolls to it, in Firefox never twice to the same fraction of a pixel. */
const STILL_PX = 4;

export const PASSWORD = 'huitang-demo';

/** The middle of the last visible element that matches `css` and, when given, says `text` (as text or label). */
function find([css, text]) {
  const says = (e) => (e.getAttribute('aria-label') ?? e.textContent).trim();
  const all = [...document.querySelectorAll(css)].filter((e) => e.checkVisibility() && !e.disabled && (text === undefined || says(e).includes(text)));
  const exact = all.filter((e) => says(e) === text);
  const e = (exact.length ? exact : all).at(-1);
  if (!e)
    return null;
  e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const box = e.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

export class Seat {
  /** source: {tone, hue, …} of the page's camera and microphone, as in openChromium(). */
  constructor(page, server, source) {
    Object.assign(this, { page, server, source });
  }

  /** Where the middle of it is; null while it is not there, or moves: what is still being read or laid out grows under the hand. */
  async place(css, text) {
    const before = await this.page.evaluate(find, [css, text]);
    if (!before)
      return null;
    await sleep(40);
    const now = await this.page.evaluate(find, [css, text]);
    return now && Math.hypot(now.x - before.x, now.y - before.y) < STILL_PX ? now : null;
  }

  async click(css, text, wait) {
    const at = await until(`"${text ?? css}" to press`, () => this.place(css, text), wait);
    await this.page.clickAt(at.x, at.y);
  }

  async fill(css, text) {
    await this.click(css);
    await this.page.evaluate((c) => document.querySelector(c).select(), css);
    await this.page.type(text);
  }

  sees(css, text) {
    return this.page.evaluate((args) => {
      const [css, text] = args;
      return [...document.querySelectorAll(css)].some((e) => e.checkVisibility() && (text === undefined || e.textContent.includes(text)));
    }, [css, text]);
  }

  async waitFor(css, text, wait) {
    await until(`${css} ${text ?? ''}`, () => this.sees(css, text), wait);
  }

  text() {
    return this.page.evaluate(() => document.body.innerText);
  }

  async signIn(login, password = PASSWORD) {
    await this.waitFor('input[name=account]');
    await this.fill('input[name=account]', login);
    await this.fill('input[name=password]', password);
    await this.click('button[type=submit]');
  }

  /** From the address to the room, by account. */
  async enterAs(login, room = 'demo-meeting') {
    await this.page.goto(`${this.server.url}/room/${room}?debug=1`);
    await this.signIn(login);
    await this.enter();
  }

  /** From the address to the room, by guest link (a path). */
  async enterByLink(path, name) {
    await this.page.goto(`${this.server.url}${path}${path.includes('?') ? '&' : '?'}debug=1`);
    await this.waitFor('input[name=name]');
    await this.fill('input[name=name]', name);
    await this.enter();
  }

  /** Past the check. */
  async enter() {
    await until('camera and microphone', () => this.page.evaluate(() => document.querySelectorAll('.check-toggles [aria-pressed=true]').length === 2));
    await this.click('.check-join button');
    await this.inRoom();
  }

  async inRoom() {
    await this.waitFor('.room');
    this.id = await this.page.evaluate(() => window.__huitang.state.room.me);
    this.name = await this.page.evaluate(() => { const { room } = window.__huitang.state; return room.seats.get(room.me).name; });
  }

  /** A control of the bars by its name: mic, camera, lock, invite … */
  control(id) {
    return this.click(`[data-control=${id}]`);
  }

  isPressed(id) {
    return this.page.evaluate((c) => document.querySelector(`[data-control=${c}]`)?.getAttribute('aria-pressed') === 'true', id);
  }

  /** Whether this page knows that the host keeps its source closed. */
  isBlocked(source) {
    return this.page.evaluate((s) => { const { room } = window.__huitang.state; return room.seats.get(room.me).blocked.includes(s); }, source);
  }

  /** Waits until this page knows that the seat's microphone is off. */
  async seesMicOff(seat) {
    await until('the microphone off', () => this.page.evaluate((id) => !window.__huitang.state.room.seats.get(id).on.includes('mic'), seat.id), { every: 30 });
  }

  /** Chooses a row of another seat's menu in the roster. */
  async act(seat, row) {
    if (!(await this.sees('.roster')))
      await this.control('roster');
    await this.click(`.roster-seat[data-seat="${seat.id}"] [aria-haspopup=menu]`);
    await this.click('[role=menuitem]', row);
  }

  async inviteLink() {
    await this.control('invite');
    const link = await until('the link', () => this.page.evaluate(() => document.querySelector('dialog input[readonly]')?.value));
    await this.page.press('Escape');
    await until('the dialogue closed', async () => !(await this.sees('dialog[open]')));
    return new URL(link).pathname + new URL(link).search;
  }

  /** Waits until the tiles of `others` show their own moving pictures. Returns what was seen, by name. */
  async seesMoving(others, wait) {
    return until(`${this.source.name} sees ${others.map((o) => o.name).join(' and ')}`, async () => {
      const tiles = await this.page.evaluate(() => window.__measure.tiles(300));
      const good = others.every((o) => {
        const tile = tiles.find((t) => t.seat === o.id);
        return tile && tile.changed > 0.01 && sameHue(tile.hue, o.source.hue);
      });
      if (!good)
        throw new Error(JSON.stringify(tiles));
      return tiles;
    }, wait);
  }

  async hearsTones(others, wait) {
    const tones = others.map((o) => o.source.tone);
    return until(`${this.source.name} hears ${tones.join(' and ')} Hz`, async () => {
      const heard = await this.page.hear([...tones, this.source.tone]);
      if (!tones.every((t) => heard[t] > 0.01))
        throw new Error(JSON.stringify(heard));
      return heard;
    }, wait);
  }
}
