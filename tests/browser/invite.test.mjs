// From the plan to the expert on air, through the pages: overlaps, a link, the waiting page, the studio, the hall's screen, and the link taken back.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openChromium } from './lib/browsers.mjs';
import { Clerk } from './lib/clerk.mjs';
import { Server } from './lib/server.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
const SIZES = [[1366, 768], [1920, 1080], [390, 844]];
const MINUTE_MS = 60_000;

describe('an expert by link', () => {
  let server, admin, site, expert, planned, link;

  before(async () => {
    server = await Server.start();
    admin = await Clerk.open(openChromium, server, 'admin');
    site = await Clerk.open(openChromium, server, 'branch001', '/', { tone: 520, hue: 120 });
  });
  after(async () => {
    await Promise.allSettled([admin, site, expert].map((s) => s?.page.close()));
    await server?.stop();
  });

  async function shoot(s, what) {
    for (const [width, height] of SIZES) {
      await s.page.resize(width, height);
      await s.page.screenshot(join(SHOTS, `invite-${what}-${width}.png`));
    }
    await s.page.resize(...SIZES[0]);
  }

  test('the planner is told what else is at that time, and sees it on the page', async () => {
    const start_ms = Date.now() + 20 * MINUTE_MS;
    planned = await admin.ask('POST', 'classes', {
      org: 1, title: '专题党课', kind: 'lecture', start_ms, end_ms: start_ms + 90 * MINUTE_MS, subtree: true, agenda: [{ title: '第一讲', minutes: 45, speaker: '王教授' }, { title: '答疑', minutes: 45 }],
    });
    await admin.ask('POST', 'classes', { org: 4, title: '支部党员大会', kind: 'members_meeting', start_ms: start_ms + MINUTE_MS, end_ms: start_ms + 60 * MINUTE_MS, subtree: false });
    await admin.visit('/plan', '.plan-form');
    await admin.fill('input[name=title]', '另一次党课');
    await admin.page.evaluate((ms) => {
      const field = document.querySelector('input[name=start]');
      field.value = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }, start_ms);
    await admin.waitFor('[data-part=overlaps] li', '支部党员大会');
    await admin.waitFor('.plan-form button[type=submit]', '仍然安排');
    await site.visit(`/class/${planned.id}`, '[data-part=overlaps] li', '支部党员大会');
    assert.ok(await site.sees('a[href$="calendar.ics"]'));
    assert.deepEqual(await site.axe(), []);
  });

  test('a link is made once, and leads to a page that waits and lets the studio be tried', async () => {
    await admin.visit(`/class/${planned.id}`, '[data-part=experts]');
    await admin.click('[data-part=experts] .card-head button', '邀请专家');
    await admin.click('dialog button[type=submit]');
    await admin.waitFor('dialog [role=alert]', '请填写专家姓名');
    await admin.fill('dialog input[name=expert]', '王教授');
    await admin.click('dialog button[type=submit]');
    await admin.waitFor('dialog .qr');
    link = await admin.page.evaluate(() => document.querySelector('dialog .copy-line input').value);
    await admin.click('dialog .dialog-acts button');
    await admin.waitFor('[data-expert="1"] .tag.good', '有效');
    assert.deepEqual(await admin.axe(), []);
    expert = await Clerk.open(openChromium, server, '', link.slice(server.url.length), { tone: 440, hue: 40 });
    await expert.waitFor('.expert-clock strong');
    await expert.waitFor('[data-part=encoder] input[type=password]');
    assert.ok(!(await expert.page.url()).includes('#'), 'the secret does not stay in the address');
    assert.deepEqual(await expert.axe(), []);
    await shoot(expert, 'wait');
  });

  test('on air the expert sees lamp, clock, programme and the sites; a reload comes back', async () => {
    await site.visit(`/room/${planned.room}?debug=1`, '.check-join button');
    await site.enter();
    await site.waitFor('.room');
    await admin.visit(`/room/${planned.room}?debug=1`, '.check-join button');
    await admin.enter();
    await admin.waitFor('.districts-table tfoot', '1/200');
    await expert.click('.expert-next button.main');
    await expert.waitFor('[data-lamp=lobby]');
    await site.waitFor('article.tile[data-name="王教授"]');
    await admin.click('.banner button.main', '开始上课');
    await expert.waitFor('[data-lamp=on]', '直播中');
    await expert.waitFor('.programme-item.now', '第一讲');
    await expert.waitFor('.air-grid article.tile');
    assert.deepEqual(await expert.axe(), []);
    await site.click('[data-control=hand]');
    await expert.click('.air-hands [data-hand] button');
    await expert.waitFor('.air-hands [data-hand] button[aria-label=下台]');
    await shoot(expert, 'air');
    await shoot(admin, 'host');
    await expert.page.reload();
    await expert.waitFor('[data-lamp=on]');
  });

  test('the hall has the code on its whole screen, and answers a check for who is there', async () => {
    await site.waitFor('.lesson-row button', '到场');
    await site.click('.lesson-row button', '到场');
    await site.click('[data-act=hall]');
    await site.waitFor('.hallscreen .qr');
    await site.waitFor('.hallscreen-names li');
    await shoot(site, 'hall');
    await site.click('.hallscreen-top button');
    await admin.click('.lesson-acts button', '在场确认');
    await site.click('[data-part=site-answers] input[type=checkbox]');
    await site.click('[data-part=site-answers] .button.main');
    await site.waitFor('.site-told', '已记录');
    await shoot(site, 'site');
  });

  test('taken back, the link shows the expert out', async () => {
    await admin.ask('POST', `classes/${planned.id}/experts/1/revoke`, { why: '换人' });
    await expert.waitFor('.over-card');
    await expert.visit(link.slice(server.url.length), '.over-card', '链接已失效');
  });
});
