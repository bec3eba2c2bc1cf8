// The pages about organisations and people in the dark theme, at 200 % zoom, and by keyboard alone; in Chromium.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openChromium } from './lib/browsers.mjs';
import { Clerk } from './lib/clerk.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/wait.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
/** 1366x768 at 200 %: a page knows its own pixels only. */
const ZOOMED = [683, 384];
const STOPS_MAX = 90;

describe('comfort', () => {
  let server, s, pages;

  before(async () => {
    server = await Server.start();
    s = await Clerk.open(openChromium, server, 'admin', '/', { scheme: 'dark' });
    const org = await s.orgId('青河镇东郊村党支部');
    const { items: [{ id: person }] } = await s.ask('GET', 'people?limit=1');
    pages = [['home', '/', '.tiles'], ['org', `/org/${org}`, '.people-table tbody tr'], ['people', '/people', '.people-table tbody tr'], ['person', `/person/${person}`, '.cards .timeline'],
      ['twins', '/twins', '.cards'], ['grants', '/grants', '.row'], ['policy', '/policy/1', '.policy'], ['audit', '/audit', '.audit-row'], ['sessions', '/sessions', '.row'],
      ['import', '/import', '.drop-zone'], ['password', '/password', '.sign-in-card'], ['pair', '/pair', '.sign-in-card'], ['not-there', '/org/999999', '.refusal']];
    await s.ask('PATCH', `orgs/${org}`, { name: '青河镇东郊村第一党支部' }); // something for the audit log
  });
  after(async () => {
    await s?.page.close();
    await server?.stop();
  });

  /* What is wider than its place: the page itself, or what no box around it lets scroll. */
  const cutOff = () => s.page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? [`the page: ${document.documentElement.scrollWidth} of ${innerWidth} px`] : [];
    const scrolls = (e) => e && e !== document.body && (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    for (const e of document.querySelectorAll('main :is(button, a, input, select, h1, h2, p, dd, li), dialog :is(button, input, select, p)'))
      if (e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement) && !e.closest('.sr'))
        wide.push(`${e.tagName}.${e.className}: ${e.textContent.slice(0, 20)}`);
    return wide;
  });

  test('dark: axe finds nothing; at 200 %: nothing is wider than the page', async () => {
    for (const [name, path, css] of pages) {
      await s.visit(path, css);
      assert.equal(await s.page.evaluate(() => document.documentElement.dataset.theme), 'dark');
      assert.deepEqual(await s.axe(), [], name);
      await s.page.resize(...ZOOMED);
      assert.deepEqual(await cutOff(), [], name);
      assert.deepEqual(await s.axe(), [], `${name} at 200 %`);
      await s.page.screenshot(join(SHOTS, `comfort-${name}-zoomed.png`));
      await s.page.resize(1366, 768);
    }
  });

  /* What has the focus, whether that can be seen, and whether it is marked; null: no element of the page. */
  const focus = () => s.page.evaluate(() => {
    const e = document.activeElement;
    if (!e || e === document.body)
      return null;
    const box = e.getBoundingClientRect(), style = getComputedStyle(e), label = e.closest('label');
    const marked = [e, label].some((m) => m && getComputedStyle(m).outlineStyle !== 'none' && parseFloat(getComputedStyle(m).outlineWidth) > 0) || style.boxShadow !== 'none';
    const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    e.dataset.focused = 'yes';
    return { what: `${e.tagName.toLowerCase()} ${(e.getAttribute('aria-label') ?? e.name ?? e.textContent ?? '').trim().slice(0, 24)}`, marked, seen };
  });

  test('by keyboard every control is reached, and the focus is seen where it is', async () => {
    for (const [name, path, css] of pages) {
      await s.visit(path, css);
      const stops = [await focus()]; // some pages give it to a field at once
      for (let i = 0; i < STOPS_MAX && (await unreached()).length; i++) {
        await s.page.press('Tab');
        stops.push(await focus());
      }
      assert.deepEqual(await unreached(), [], `${name}: never reached by Tab`);
      assert.deepEqual(stops.filter((at) => at && (!at.marked || !at.seen)), [], `${name}: the focus is not seen`);
    }
  });

  /* Controls that had no focus yet. Of long lists and the tree one row stands for all. */
  const unreached = () => s.page.evaluate(() => [...document.querySelectorAll('header :is(a, button), nav a, main :is(a, button, input, select, textarea, summary)')]
    .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex >= 0 && !e.dataset.focused && !e.closest('.people-scroll, .rows, .cards, .policies, .tiles, [role=tree], [role=tablist]'))
    .map((e) => `${e.tagName.toLowerCase()} ${(e.getAttribute('aria-label') ?? e.name ?? e.textContent ?? '').trim().slice(0, 24)}`));

  test('dialogues by keyboard: the focus goes in, stays in, and comes back after Esc', async () => {
    const [, org, , person] = pages;
    const dialogues = [[org, '.acts button', '登记人员'], [org, '.acts button', '新增下级'], [org, 'menu', '更名'], [org, 'menu', '调整隶属'], [org, 'menu', '合并'], [org, 'menu', '撤销'],
      [person, '.acts button', '修改'], [person, 'menu', '调动'], [person, 'menu', '登录链接'], [person, 'menu', '合并'], [person, 'menu', '离开'], [person, 'menu', '删除'],
      [pages[5], '.title-acts button', '授权'], [pages[5], '.row button', '收回'], [pages[6], '.policy button', '修改'], [pages[8], '.title-acts button', '绑定手机']];
    let before;
    for (const [[name, path, css], opener, says] of dialogues) {
      if (path !== before)
        await s.visit(path, css);
      before = path;
      const from = opener === 'menu' ? '.acts [aria-haspopup=menu]' : opener;
      await s.page.evaluate(([css, says]) => [...document.querySelectorAll(css)].find((b) => says === null || b.textContent.includes(says)).focus(), [from, opener === 'menu' ? null : says]);
      await s.page.press('Enter');
      if (opener === 'menu')
        await toMenuRow(says);
      await until(`${name}: ${says} has the focus in its dialogue`, inside, { every: 50 });
      for (let i = 0; i < 8; i++) {
        await s.page.press(i % 3 ? 'Tab' : 'Shift+Tab');
        assert.ok(await inside(), `${name}: the focus leaves the dialogue ${says}`);
      }
      assert.deepEqual(await s.axe(), [], `${name}: ${says}`);
      await s.page.resize(...ZOOMED);
      assert.deepEqual(await cutOff(), [], `${name}: ${says} at 200 %`);
      await s.page.resize(1366, 768);
      await s.page.press('Escape');
      await s.closed();
      assert.ok(await s.page.evaluate((css) => document.activeElement?.matches(css), from), `${name}: after ${says} the focus is not where it was`);
    }
  });

  /* In the dialogue, or in the browser's own bars, which are no element of the page. */
  const inside = () => s.page.evaluate(() => {
    const dialog = document.querySelector('dialog[open]'), at = document.activeElement;
    return dialog !== null && (dialog.contains(at) || at === document.body);
  });

  async function toMenuRow(says) {
    await s.waitFor('[role=menuitem]');
    for (let i = 0; i < 10 && !(await s.page.evaluate((says) => document.activeElement.textContent.includes(says), says)); i++)
      await s.page.press('ArrowDown');
    await s.page.press('Enter');
  }
});
