// A superior's look at a class that runs: figures, pictures, patrol, a finding and its answer; and what another district's superior sees of it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openChromium } from './lib/browsers.mjs';
import { Clerk } from './lib/clerk.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/wait.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
const SIZES = [[1366, 768], [1920, 1080], [390, 844]];
const SMALL = { width: 320, height: 180, fps: 12 };
/* Two branches of 青河县, whose inspector the demo has. */
const SITES = [['branch065', '青河镇城关村党支部', 120], ['branch066', '青河镇东郊村党支部', 240]];
const MINUTE_MS = 60_000;

describe('a superior looks from outside', () => {
  const open = [];
  let server, admin, superior, number, sites;

  async function clerk(login, path, config = {}) {
    const s = await Clerk.open(openChromium, server, login, path, config);
    s.source = { name: login, ...config };
    open.push(s.page);
    return s;
  }

  async function enter(login, config) {
    const s = await clerk(login, '/', { ...SMALL, ...config });
    await s.page.goto(`${server.url}/room/class-${number}?debug=1`);
    await s.enter();
    return s;
  }

  /** Somebody who may look at a whole organisation, and nothing else. */
  async function inspectorOf(org) {
    const { id } = await admin.ask('POST', 'people', { name: '方远', kind: 'staff', org });
    await admin.ask('POST', 'grants', { person: id, org, role: 'inspector', subtree: true, purpose: '巡查' });
    const { code } = await admin.ask('POST', `people/${id}/links`, {});
    const s = await clerk('', '/');
    await s.ask('POST', 'session/link', { code });
    return s;
  }

  async function shoot(s, what) {
    for (const [width, height] of SIZES) {
      await s.page.resize(width, height);
      await s.page.screenshot(join(SHOTS, `look-${what}-${width}.png`));
    }
    await s.page.resize(...SIZES[0]);
  }

  before(async () => {
    server = await Server.start();
    admin = await clerk('admin', '/', { ...SMALL, hue: 0, tone: 440 });
    const now = Date.now();
    const org = await admin.orgId('青河县');
    number = (await admin.ask('POST', 'classes', { org, title: '巡查演示课', kind: 'lecture', start_ms: now + 5 * MINUTE_MS, end_ms: now + 95 * MINUTE_MS, subtree: true })).id;
    sites = await Promise.all(SITES.map(([login, , hue], n) => enter(login, { hue, tone: 800 + 700 * n })));
    await admin.page.goto(`${server.url}/room/class-${number}?debug=1`);
    await admin.enter();
    await admin.click('.banner button', '开始上课');
    superior = await clerk('inspector', '/');
  });
  after(async () => {
    await Promise.allSettled(open.map((p) => p.close()));
    await server?.stop();
  });

  test('the home and the page show what runs; the tree has the sites, the chart its table', async () => {
    await superior.waitFor('[data-part=look] .look-tile', '巡查演示课');
    await superior.visit('/look', '.look-tile.running', '巡查演示课');
    assert.deepEqual(await superior.axe(), []);
    await shoot(superior, 'list');
    await superior.click('.look-tile a', '查看');
    await superior.waitFor('.look-totals', '2 / 32');
    await superior.fill('.look-finder input', 'qhz');
    await superior.click('.look-item .tree-name', '青河镇');
    await superior.waitFor('[data-bar]', SITES[0][1]);
    await superior.click('.look-chart button', '看表格');
    await superior.waitFor('[data-row]', SITES[0][1]);
    assert.deepEqual(await superior.axe(), []);
    await shoot(superior, 'room');
    await superior.click('.title-row button', '在场确认');
    await superior.waitFor('dialog', '2 个会场');
    await superior.send();
    await superior.waitFor('.look-check');
    await superior.click('[data-tab=absent]');
    await superior.waitFor('.look-absent-row', SITES[1][1]);
  });

  test('the wall shows both sites live, the patrol turns from one to the other and stands still at a pause', async () => {
    await superior.visit(`/look/class-${number}/wall`, '.wall-tile');
    await superior.seesMoving(sites);
    assert.deepEqual(await superior.axe(), []);
    await shoot(superior, 'wall');
    await superior.pick('.patrol select', 'sites');
    await superior.pick('.patrol select[name=dwell]', '5');
    await superior.page.press('Space');
    const big = () => superior.page.evaluate(() => document.querySelector('.wall-big')?.dataset.big);
    const first = await until('a large picture', big);
    const second = await until('the next site', async () => { const key = await big(); return key !== first && key; });
    assert.ok(second);
    await superior.page.press('Space');
    await superior.waitFor('[data-patrol=paused]');
    await shoot(superior, 'patrol');
  });

  test('a finding is written from the large picture, told to the branch, and answered', async () => {
    const name = await superior.page.evaluate(() => document.querySelector('.wall-big article').dataset.name);
    await superior.page.press('f');
    await superior.fill('dialog textarea', '摄像头对着窗户，请调整。');
    await superior.waitFor('dialog .finding-of', name);
    await superior.send();
    const branch = await clerk(SITES.find(([, n]) => n === name)[0], '/');
    await branch.waitFor('[data-part=findings] .finding', '摄像头对着窗户');
    await branch.waitFor('.bell [data-unread="1"]');
    assert.deepEqual(await branch.axe(), []);
    await shoot(branch, 'branch');
    await branch.click('.finding button', '答复');
    await branch.fill('dialog textarea', '已调整。');
    await branch.send();
    await superior.visit('/findings', '.finding', '已调整。');
    await superior.click('.bell button');
    await superior.click('.bell-head button', '都标为已读');
    await superior.waitFor('.bell [data-unread="0"]');
    await shoot(superior, 'findings');
  });

  test('a superior of another district sees nothing of it', async () => {
    const other = await inspectorOf(await admin.orgId('江北区'));
    await other.visit('/look', '.empty-title', '现在没有正在进行');
    await other.visit(`/look/class-${number}`, '.empty-title', '没有这个课程或会议');
    await other.visit(`/look/class-${number}/wall`, '.empty-title', '没有这个课程或会议');
    await other.visit('/findings', '.empty-title', '还没有巡查意见');
  });
});
