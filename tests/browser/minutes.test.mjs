// The minutes of a class through the pages: read, written by two at once, sealed.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openChromium } from './lib/browsers.mjs';
import { holdClass } from './lib/classroom.mjs';
import { Clerk } from './lib/clerk.mjs';
import { Server } from './lib/server.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
const SIZES = [[1366, 768], [1920, 1080], [390, 844]];
const AGENDA = [{ title: '学习党的二十届三中全会精神', speaker: '王建国', minutes: 45 }, { title: '讨论发展党员', minutes: 30 }];

describe('minutes', () => {
  let server, admin, other, id;

  before(async () => {
    server = await Server.start();
    admin = await Clerk.open(openChromium, server, 'admin');
    id = await holdClass(admin, { org: 1, title: '十一月专题党课', campaign: '主题教育', agenda: AGENDA }, async (ask) => {
      await ask('ask.open', { kind: 'vote', audience: 'persons', prompt: '是否同意接收李强为预备党员？', options: ['同意', '不同意', '弃权'], span_s: 60 });
    });
    other = await Clerk.open(openChromium, server, 'admin');
  });
  after(async () => {
    await Promise.allSettled([admin, other].map((s) => s?.page.close()));
    await server?.stop();
  });

  async function shoot(s, what) {
    for (const [width, height] of SIZES) {
      await s.page.resize(width, height);
      await s.page.screenshot(join(SHOTS, `minutes-${what}-${width}.png`));
    }
    await s.page.resize(...SIZES[0]);
  }

  test('they are there after the close, and read like minutes', async () => {
    await admin.visit(`/class/${id}`, '.class-all', '会议记录');
    await admin.click('.class-all', '会议记录');
    await admin.waitFor('.minutes-paper h1', '党课记录');
    await admin.waitFor('.minutes-facts', '应到');
    await admin.waitFor('[data-part=asks]', '是否同意接收李强为预备党员？');
    assert.deepEqual(await admin.axe(), []);
    await shoot(admin, 'made');
  });

  test('of two who write the second keeps the own text, sees the other, and saves a further version', async () => {
    await other.visit(`/class/${id}/minutes`, '.acts button.main', '填写');
    await other.click('.acts button.main', '填写');
    await admin.click('.acts button.main', '填写');
    await admin.fill('input[name=place]', '市委党校报告厅');
    await admin.fill('[name="notes.0"]', '王建国同志作专题辅导。');
    await admin.fill('[name=conclusion]', '一致同意。');
    await admin.click('.minutes-bar button.main');
    await admin.waitFor('.minutes-text', '一致同意。');
    await other.fill('[name=conclusion]', '同意接收李强为预备党员。');
    await shoot(other, 'write');
    await other.click('.minutes-bar button.main');
    await other.waitFor('.minutes-bar [role=alert]', '保存了第 2 版');
    await other.waitFor('[data-theirs=conclusion]', '一致同意。');
    assert.equal(await other.page.evaluate(() => document.querySelector('input[name=place]').value), '市委党校报告厅');
    assert.deepEqual(await other.axe(), []);
    await shoot(other, 'conflict');
    await other.click('.minutes-bar button.main');
    await other.waitFor('[data-part=conclusion]', '同意接收李强为预备党员。');
    await other.waitFor('[data-version="3"]', '第 3 版');
    await other.click('[data-version="2"] button', '查看');
    await other.waitFor('[data-part=conclusion]', '一致同意。');
    await other.waitFor('.minutes-state', '最新的是第 3 版');
    await other.click('.link-button', '看最新的一版');
    await other.waitFor('[data-part=conclusion]', '同意接收李强为预备党员。');
  });

  test('sealed after asking once more, and the class stays readable', async () => {
    await other.click('.acts button', '归档');
    await other.waitFor('dialog', '归档后谁也不能再改');
    await other.click('dialog button[type=submit]');
    await other.closed();
    await other.waitFor('.minutes-state .tag.good', '已归档');
    assert.equal(await other.sees('.acts button.main'), false);
    await shoot(other, 'sealed');
    await other.visit(`/class/${id}`, '.class-state', '已归档');
    await other.waitFor('.class-all', '会议记录');
    await other.visit('/classes', '[data-when=over] .class-card', '已归档');
  });
});
